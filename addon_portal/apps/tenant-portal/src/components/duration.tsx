import { useSight } from "@/hooks/use-host";
import { useNow } from "@/hooks/use-now";
import { knownUntil, type Run, ranFor } from "@/lib/run-words";
import { isFinal } from "@/lib/states";
import { durationText } from "@/lib/times";

/** How long a run has been running, or ran. It stands still while nobody can say whether it still runs. */
export function Duration({ run, missing = "–" }: { run: Run; missing?: string }) {
  const now = useNow(isFinal(run.state) ? Number.MAX_SAFE_INTEGER : 1000);
  const length = ranFor(run, knownUntil(run, useSight(), now));
  return <span className="whitespace-nowrap tabular-nums">{length === null ? missing : durationText(length)}</span>;
}
