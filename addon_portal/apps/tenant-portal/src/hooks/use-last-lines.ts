import { useQuery } from "@tanstack/react-query";
import { lastLinesOfRuns } from "@/lib/last-line";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** The last line that each of these runs wrote. Nobody waits for it: where it cannot be read, the row says the rest. */
export function useLastLines(runs: readonly Run[]): ReadonlyMap<string, string> {
  const begun = runs.filter((run) => run.started_at);
  const idsOf = (some: readonly Run[]) => some.map((run) => run.run_id);
  const growing = useQuery(lastLinesOfRuns("growing", idsOf(begun.filter((run) => !isFinal(run.state))))).data;
  const final = useQuery(lastLinesOfRuns("final", idsOf(begun.filter((run) => isFinal(run.state))))).data;
  return new Map([...(growing ?? []), ...(final ?? [])]);
}
