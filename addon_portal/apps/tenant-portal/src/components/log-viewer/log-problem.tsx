import { Button } from "@/components/button";
import { StateShape } from "@/components/state-shape";
import type { LogUnreadable } from "@/lib/log-source";

/** Why nothing more is read of the log. What was read stays below. */
export function LogProblem({ problem, onRetry }: { problem: LogUnreadable; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-2 border-amber border-b bg-amber-wash px-3 py-2">
      <StateShape shape="triangle" className="text-amber" />
      <p className="min-w-0 flex-1 wrap-anywhere">{problem.message}</p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
