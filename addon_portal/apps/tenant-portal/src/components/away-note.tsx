import { StateShape } from "@/components/state-shape";
import { useHost } from "@/hooks/use-host";
import { useTimeZone } from "@/hooks/use-time-zone";
import { useConnection } from "@/lib/connection";
import { clockText, milliseconds } from "@/lib/times";

/**
 * Across the foot of the page, where it moves nothing, when what is shown may be old: the portal does not answer, or
 * nobody looks after the runs.
 */
export function AwayNote() {
  const { phase, since } = useConnection();
  const host = useHost();
  const zone = useTimeZone();
  const seen = milliseconds(host?.observed_at);
  if (phase === "away") {
    return (
      <Note>
        The portal does not answer. Everything here is as of {clockText(since, zone)}; it will catch up by itself.
      </Note>
    );
  }
  if (!host?.unreachable) return null;
  return (
    <Note>
      Nobody looks after the runs{seen ? ` since ${clockText(seen, zone)}` : " yet"}: the supervisor is away. Programs
      go on; how they are will be known when it is back.
    </Note>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <div
      role="status"
      className="sticky bottom-0 z-20 flex items-start gap-2 border-amber border-t bg-amber-wash px-4 py-2"
    >
      <StateShape shape="triangle" className="mt-0.5 text-amber" />
      <p>{children}</p>
    </div>
  );
}
