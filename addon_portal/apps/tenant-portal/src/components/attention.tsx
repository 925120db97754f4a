import { useCallback } from "react";
import { BulkButton, BulkRestart } from "@/components/bulk/bulk-restart";
import { SelectBox } from "@/components/bulk/select-box";
import { SelectionBar } from "@/components/bulk/selection-bar";
import { EmptyState } from "@/components/empty-state";
import { RestartControl } from "@/components/restart-control";
import { type ListedRuns, RunSection } from "@/components/run-section";
import { StopControl } from "@/components/stop-control";
import { useSelection } from "@/hooks/use-selection";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

type Props = ListedRuns & {
  /** Whether there are more failures than the list shows. */
  isCut: boolean;
  onAct: (run: Run) => void;
};

/** What somebody has to look at: runs that are not well, and failures that nothing has followed, newest first. */
export function Attention({ onAct, isCut, ...listed }: Props) {
  const selection = useSelection();
  const failed = listed.runs.filter((run) => run.restartable);
  const selected = failed.filter((run) => selection.ids.has(run.run_id));
  const isMany = failed.length > 1;
  const { ids, choose } = selection;
  const before = useCallback(
    (run: Run) => <Box run={run} isOn={ids.has(run.run_id)} onChange={(isOn) => choose(run.run_id, isOn)} />,
    [ids, choose],
  );
  const actions = useCallback((run: Run) => <Action run={run} onAct={() => onAct(run)} />, [onAct]);
  return (
    <BulkRestart onDone={selection.clear}>
      {(ask) => (
        <>
          <RunSection
            {...listed}
            id="attention"
            title="Needs attention"
            hasLines
            empty={<EmptyState title="Nothing. No failure waits for a restart, and what runs is well." />}
            note={
              isMany && (
                <BulkButton
                  ask={ask}
                  wish={{ filter: { state: ["failed"] }, seen: isCut ? [] : failed.map((run) => run.run_id) }}
                  label={isCut ? "Restart all failed runs" : `Restart ${failed.length} failed runs`}
                />
              )
            }
            lead={
              isMany && (
                <SelectBox
                  label="Select all failed runs of the list"
                  isOn={selected.length === failed.length}
                  isPartly={selected.length > 0}
                  onChange={(isOn) => selection.chooseAll(isOn ? failed.map((run) => run.run_id) : [])}
                />
              )
            }
            before={before}
            actions={actions}
          />
          <SelectionBar ask={ask} runs={selected} onClear={selection.clear} />
        </>
      )}
    </BulkRestart>
  );
}

/** The place before a row stays where nothing can be selected. */
function Box({ run, isOn, onChange }: { run: Run; isOn: boolean; onChange: (isOn: boolean) => void }) {
  if (!run.restartable) return <span className="block size-4" />;
  return <SelectBox label={`Select ${run.project_name} #${run.number}`} isOn={isOn} onChange={onChange} />;
}

function Action({ run, onAct }: { run: Run; onAct: () => void }) {
  if (!isFinal(run.state)) return <StopControl run={run} />;
  return <RestartControl key={run.run_id} run={run} onRestarted={onAct} />;
}
