import { useNow } from "@/hooks/use-now";
import { useTimeZone } from "@/hooks/use-time-zone";
import type { Evidence } from "@/lib/run-details";
import { timelineOf } from "@/lib/run-timeline";
import type { Run } from "@/lib/run-words";
import { durationText, exactText, momentText } from "@/lib/times";

const HOUR_MS = 3_600_000;

/** What happened and when, with the time between. */
export function RunTimeline({ run, evidence }: { run: Run; evidence: Evidence | undefined }) {
  const zone = useTimeZone();
  const now = useNow(HOUR_MS);
  return (
    <ol className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3 gap-y-1 pt-2">
      {timelineOf(run, evidence?.journal).map(({ word, at, note, after }) => (
        <li key={word} className="col-span-3 grid grid-cols-subgrid">
          {at === null ? (
            <span className="text-quiet">–</span>
          ) : (
            <time dateTime={new Date(at).toISOString()} title={exactText(at, zone)} className="text-quiet">
              {momentText(at, now, zone)}
            </time>
          )}
          <span className="min-w-0 wrap-anywhere">
            {word}
            {note && <span className="text-quiet"> {note}</span>}
          </span>
          <span className="text-right text-quiet tabular-nums">{after !== null && `+${durationText(after)}`}</span>
        </li>
      ))}
    </ol>
  );
}
