import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import type { Run } from "@/lib/run-words";
import { tailQuery } from "@/lib/runs";

/** The last lines of a run's output, as they come. The whole of it is one click away. */
export function LastOutput({ run }: { run: Run }) {
  const { data: lines, error } = useQuery(tailQuery(run.run_id));
  const link = (
    <Link to="/runs/$runId" params={{ runId: run.run_id }} className="text-accent hover:underline">
      Open the log
    </Link>
  );
  return (
    <Section title="Last output" note={link}>
      {error && <p className="py-3 text-quiet">The output cannot be shown: {error.message}</p>}
      {!lines && !error && <Skeleton rows={4} />}
      {lines?.length === 0 && (
        <p className="py-3 text-quiet">{run.started_at ? "It has written nothing." : "It has not started yet."}</p>
      )}
      {!!lines?.length && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre tabIndex={0} className="mt-2 max-h-64 overflow-auto rounded-sm bg-sunken px-3 py-2 text-small">
          {lines.join("\n")}
        </pre>
      )}
    </Section>
  );
}
