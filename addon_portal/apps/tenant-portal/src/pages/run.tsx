import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ErrorNote } from "@/components/error-note";
import { PageHead } from "@/components/page-head";
import { RunLine } from "@/components/run-line";
import { Skeleton } from "@/components/skeleton";
import { runQuery } from "@/lib/runs";

/** One run: what became of it, and why the portal says so. */
export function RunPage() {
  const { runId } = useParams({ from: "/app/runs/$runId" });
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!run) return <Skeleton rows={8} />;
  return (
    <PageHead title={`${run.project_name} #${run.number}`}>
      <RunLine run={run} />
      {run.message && <p className="mt-1">{run.message}</p>}
      {run.next_step && <p>Try: {run.next_step}</p>}
    </PageHead>
  );
}
