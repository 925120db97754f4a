import { StateShape } from "@/components/state-shape";
import { useTimeZone } from "@/hooks/use-time-zone";
import { useConnection } from "@/lib/connection";
import { clockText } from "@/lib/times";

/** Whether what is shown is live. Said once when it changes, not at every second. */
export function ConnectionState() {
  const { phase, since } = useConnection();
  const zone = useTimeZone();
  return (
    <span role="status" data-phase={phase} className="inline-flex items-center gap-1 text-quiet text-small">
      {phase === "live" && (
        <>
          <StateShape shape="filled-circle" className="size-3 text-accent" />
          <span className="max-sm:sr-only">live</span>
        </>
      )}
      {phase === "connecting" && "connecting"}
      {(phase === "away" || phase === "elsewhere") && (
        <span className="font-medium text-amber">not live since {clockText(since, zone)}</span>
      )}
    </span>
  );
}
