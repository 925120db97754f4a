import type { AskBulk } from "@/components/bulk/bulk-restart";
import { BulkButton } from "@/components/bulk/bulk-restart";
import { Button } from "@/components/button";
import type { Run } from "@/lib/run-words";
import { countText } from "@/lib/sizes";

type Props = { ask: AskBulk; runs: readonly Run[]; onClear: () => void };

/** What can be done with the rows that were selected; at the foot of the screen, where it moves nothing. */
export function SelectionBar({ ask, runs, onClear }: Props) {
  const count = runs.length;
  if (!count) return null;
  return (
    <section
      aria-label="Selection"
      className="fixed bottom-12 left-1/2 z-20 flex max-w-[calc(100vw-2rem)] -translate-x-1/2 items-center gap-x-4 rounded-md border border-line bg-raised px-4 py-2 shadow-popup"
    >
      <span role="status" className="font-medium whitespace-nowrap">
        {count} selected
      </span>
      <BulkButton
        ask={ask}
        kind="primary"
        wish={{ filter: { project_id: runs.map((run) => run.project_id) }, seen: runs.map((run) => run.run_id) }}
        label={`Restart ${countText(count, "run")}`}
      />
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
