import { HealthBadge } from "@/components/health-badge";
import { StateBadge } from "@/components/state-badge";
import { useSight } from "@/hooks/use-host";
import { useNow } from "@/hooks/use-now";
import { factOf, knownUntil, type Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** State first, in a word, then the fact that matters. */
export function RunLine({ run }: { run: Run | null }) {
  const now = useNow(run && !isFinal(run.state) ? 1000 : Number.MAX_SAFE_INTEGER);
  const host = useSight();
  const fact = run && factOf(run, knownUntil(run, host, now));
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <StateBadge run={run} />
      {run && <HealthBadge run={run} />}
      {fact && <span>· {fact}</span>}
    </span>
  );
}
