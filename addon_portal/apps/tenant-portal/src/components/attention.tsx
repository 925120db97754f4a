import { useState } from "react";
import { EmptyState } from "@/components/empty-state";
import { RestartControl } from "@/components/restart-control";
import { RunRows } from "@/components/run-rows";
import { Section } from "@/components/section";
import { StopControl } from "@/components/stop-control";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";
import type { Status } from "@/lib/status";

const TROUBLES = new Set(["silent", "overdue", "unsupervised"]);

/** What somebody has to look at: failures that nothing has followed, newest first, and runs that are not well. */
export function Attention({ status }: { status: Status }) {
  // What was restarted from here stays in its place and says so, instead of vanishing under the pointer.
  const [acted, setActed] = useState<ReadonlySet<string>>(new Set());
  const failed = status.failed.filter((run) => run.restartable || acted.has(run.run_id));
  const unwell = status.running.filter((run) => run.health_all.some((health) => TROUBLES.has(health)));
  const runs = [...unwell, ...failed];
  return (
    <div id="attention" className="scroll-mt-16">
      <Section title="Needs attention">
        <RunRows
          runs={runs}
          empty={<EmptyState title="Nothing. No failure waits for a restart, and what runs is well." />}
          actions={(run) => <Action run={run} onAct={() => setActed(new Set([...acted, run.run_id]))} />}
        />
      </Section>
    </div>
  );
}

function Action({ run, onAct }: { run: Run; onAct: () => void }) {
  if (!isFinal(run.state)) return <StopControl run={run} />;
  return <RestartControl key={run.run_id} run={run} onRestarted={onAct} />;
}
