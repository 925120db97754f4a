import { Link } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { Attention } from "@/components/attention";
import { EmptyState } from "@/components/empty-state";
import { RunSection } from "@/components/run-section";
import { StopControl } from "@/components/stop-control";
import { useHold } from "@/hooks/use-held-rows";
import { useSight } from "@/hooks/use-host";
import type { Run } from "@/lib/run-words";
import { countText } from "@/lib/sizes";
import { isFinal } from "@/lib/states";
import { STATUS_ROWS, type Status } from "@/lib/status";
import { statusLists } from "@/lib/status-lists";

const stop = (run: Run) => <StopControl run={run} />;

/** What needs attention, what runs and what waits. Nothing in them moves while somebody aims at a row. */
export function StatusLists({ status }: { status: Status }) {
  const place = useRef<HTMLDivElement>(null);
  const isHeld = useHold(place);
  // What was restarted from here stays in its place and says so, instead of vanishing under the pointer.
  const [acted, setActed] = useState<ReadonlySet<string>>(new Set());
  const { attention, running, waiting, known } = statusLists(status, acted, useSight());
  const listed = { known, isHeld };
  const note = useCallback((run: Run) => setActed((before) => new Set([...before, run.run_id])), []);
  return (
    <div ref={place}>
      <Attention {...listed} runs={attention} isCut={status.failed.length >= STATUS_ROWS} onAct={note} />
      <RunSection
        {...listed}
        id="running"
        title="Running now"
        hasLines
        runs={running}
        empty={
          <EmptyState
            title={attention.some((run) => !isFinal(run.state)) ? "Nothing else is running." : "Nothing is running."}
          >
            Run one of your{" "}
            <Link to="/projects" className="text-accent underline">
              {countText(status.projects, "project")}
            </Link>
            .
          </EmptyState>
        }
        actions={stop}
      />
      <RunSection {...listed} id="waiting" title="Waiting" runs={waiting} empty={null} actions={stop} />
    </div>
  );
}
