import { Bars } from "@/components/bars";
import { useNow } from "@/hooks/use-now";
import { factOf, type Run, ranFor } from "@/lib/run-words";
import { lookOf } from "@/lib/states";
import { durationText } from "@/lib/times";

const MOST = 80;

/** How long the newest runs took, in the tone of how they ended; each leads to its run. */
export function RunDurations({ runs }: { runs: Run[] }) {
  const now = useNow(10_000);
  const columns = runs
    .slice(0, MOST)
    .toReversed()
    .map((run) => {
      const length = ranFor(run, now) ?? 0;
      const { word, tone } = lookOf(run);
      const facts = [word, factOf(run, now), durationText(length)].filter(Boolean).join(" · ");
      return {
        key: run.run_id,
        runId: run.run_id,
        hint: `#${run.number} ${facts}`,
        parts: [{ tone, value: length }],
        length,
      };
    });
  const longest = Math.max(...columns.map((column) => column.length));
  return <Bars label="How long they took" columns={columns} top={durationText(longest)} />;
}
