import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { StateBadge } from "@/components/state-badge";
import { runQuery } from "@/lib/runs";

/** Another run of the same chain, by its number and how it stands. */
export function RunLink({ runId }: { runId: string }) {
  const { data: run } = useQuery(runQuery(runId));
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Link to="/runs/$runId" params={{ runId }} className="underline">
        {run ? `#${run.number}` : "that run"}
      </Link>
      {run && <StateBadge run={run} />}
    </span>
  );
}
