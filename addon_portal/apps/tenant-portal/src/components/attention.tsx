import { EmptyState } from "@/components/empty-state";
import { RestartControl } from "@/components/restart-control";
import { type ListedRuns, RunSection } from "@/components/run-section";
import { StopControl } from "@/components/stop-control";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

type Props = ListedRuns & { onAct: (run: Run) => void };

/** What somebody has to look at: runs that are not well, and failures that nothing has followed, newest first. */
export function Attention({ onAct, ...listed }: Props) {
  return (
    <RunSection
      {...listed}
      id="attention"
      title="Needs attention"
      hasLines
      empty={<EmptyState title="Nothing. No failure waits for a restart, and what runs is well." />}
      actions={(run) => <Action run={run} onAct={() => onAct(run)} />}
    />
  );
}

function Action({ run, onAct }: { run: Run; onAct: () => void }) {
  if (!isFinal(run.state)) return <StopControl run={run} />;
  return <RestartControl key={run.run_id} run={run} onRestarted={onAct} />;
}
