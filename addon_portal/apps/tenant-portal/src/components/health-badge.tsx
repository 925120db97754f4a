import { StateShape, TONE_TEXT } from "@/components/state-shape";
import { useSight } from "@/hooks/use-host";
import { useNow } from "@/hooks/use-now";
import { healthOf, healthText, knownUntil, type Run } from "@/lib/run-words";
import { HEALTH } from "@/lib/states";

/** What holds of an active run beside its state: silent, overdue, unsupervised … Nothing where all is well. */
export function HealthBadge({ run }: { run: Run }) {
  const host = useSight();
  const now = knownUntil(run, host, useNow());
  const held = healthOf(run, host).filter((health) => health !== "unreachable");
  return held.map((health) => {
    const look = HEALTH[health];
    return (
      look && (
        <span key={health} className={`inline-flex items-center gap-1 ${TONE_TEXT[look.tone]}`}>
          <StateShape shape={look.shape} />
          {healthText(health, run, now)}
        </span>
      )
    );
  });
}
