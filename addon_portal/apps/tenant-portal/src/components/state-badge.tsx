import { StateShape, TONE_TEXT } from "@/components/state-shape";
import { useSight } from "@/hooks/use-host";
import { useTimeZone } from "@/hooks/use-time-zone";
import { type Run, stateOf } from "@/lib/run-words";

/** A run's state: shape and word, in its tone. `null` is a project that has never run. */
export function StateBadge({ run }: { run: Run | null }) {
  const { word, shape, tone } = stateOf(run, useSight(), useTimeZone());
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-medium ${TONE_TEXT[tone]}`}
      data-state={run?.state ?? "never"}
    >
      <StateShape shape={shape} />
      {word}
    </span>
  );
}
