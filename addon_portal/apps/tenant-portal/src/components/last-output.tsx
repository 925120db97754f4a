import { skipToken, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LogSpans } from "@/components/log-viewer/log-spans";
import { Skeleton } from "@/components/skeleton";
import { keys } from "@/lib/keys";
import { lastLinesOf } from "@/lib/last-lines";
import type { MarkedSpan } from "@/lib/log-marks";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";
import "@/components/log-viewer/log.css";

type Props = { run: Run; lines?: number };

/** The last lines of a run's output, in the looks they were written in, with the way to all of it. */
export function LastOutput({ run, lines = 12 }: Props) {
  const size = useQuery<number>({ queryKey: keys.logSize(run.run_id), queryFn: skipToken }).data ?? 0;
  const { data, error } = useQuery(lastLinesOf(run.run_id, lines, size, isFinal(run.state)));
  return (
    <section
      aria-label={`Last output of run ${run.number}`}
      className="min-w-0 rounded-sm border border-line bg-sunken"
    >
      <div className="flex items-baseline justify-between gap-2 border-line border-b px-3 py-1 text-small">
        <h2>Last output</h2>
        <Link to="/runs/$runId" params={{ runId: run.run_id }} className="text-accent hover:underline">
          Open the log
        </Link>
      </div>
      {error && <p className="px-3 py-2 text-quiet">{error.message}</p>}
      {!error && !data && (
        <div className="px-3">
          <Skeleton rows={3} />
        </div>
      )}
      {data?.length === 0 && (
        <p className="px-3 py-2 text-quiet">{isFinal(run.state) ? "It wrote nothing." : "Nothing was written yet."}</p>
      )}
      {data && data.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        <pre tabIndex={0} className="overflow-x-auto px-3 py-2 text-small leading-5 focus-visible:-outline-offset-2">
          {data.map(({ offset, spans }) => (
            <div key={offset} className="min-h-5">
              <LogSpans spans={spans.map((span): MarkedSpan => ({ ...span, isMarked: false }))} />
            </div>
          ))}
        </pre>
      )}
    </section>
  );
}
