import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { RunRows } from "@/components/run-rows";
import { Section } from "@/components/section";
import { useHeldRows } from "@/hooks/use-held-rows";
import { useLastLines } from "@/hooks/use-last-lines";
import type { Run } from "@/lib/run-words";
import { countText } from "@/lib/sizes";

export type ListedRuns = {
  /** What belongs into the list now. */
  runs: readonly Run[];
  /** All that is known now: what has left a held list is told as it is elsewhere. */
  known: readonly Run[];
  isHeld: boolean;
};

type Props = ListedRuns & {
  id: string;
  title: string;
  /** Null: without rows there is no such part of the page. */
  empty: ReactNode;
  lead?: ReactNode;
  note?: ReactNode;
  before?: (run: Run) => ReactNode;
  actions?: (run: Run) => ReactNode;
  /** Whether rows show the last line that was written. */
  hasLines?: boolean;
};

const idOf = (run: Run) => run.run_id;

/** A list of a page that is live. While it is held its rows stay where they are, and it says how many have come. */
export function RunSection({ id, title, runs, known, isHeld, empty, lead, note, hasLines = false, ...rows }: Props) {
  const held = useHeldRows({ current: runs, known, idOf, isHeld });
  const lines = useLastLines(hasLines ? held.rows : []);
  if (!held.rows.length && empty === null) return null;
  return (
    <div id={id} className="scroll-mt-16">
      <Section
        title={title}
        lead={lead}
        note={
          <span className="flex min-h-8 items-center gap-2 text-base">
            {held.fresh > 0 && (
              <Button kind="quiet" onClick={held.release}>
                {held.fresh} new
              </Button>
            )}
            {note}
          </span>
        }
      >
        <RunRows
          runs={held.rows}
          empty={held.fresh ? <EmptyState title={`${countText(held.fresh, "run")} came just now.`} /> : empty}
          lastLines={hasLines ? lines : undefined}
          {...rows}
        />
      </Section>
    </div>
  );
}
