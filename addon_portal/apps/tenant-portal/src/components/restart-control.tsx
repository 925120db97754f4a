import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { RestartDialog } from "@/components/restart-dialog";
import { RequestOutcome } from "@/components/run/request-outcome";
import { useHotkey } from "@/hooks/use-hotkey";
import { useRestart } from "@/hooks/use-restart";
import { useSession } from "@/hooks/use-session";
import { newIdempotencyKey } from "@/lib/idempotency";
import { restartRefusal } from "@/lib/run-acts";
import type { Run } from "@/lib/run-words";

type Props = { run: Run; kind?: "primary" | "plain"; hotkey?: boolean; onRestarted?: (next: Run) => void };

/**
 * Restart in one click with what ran, or with choices. Names the run that is seen, under one key for as long as it is
 * seen: a second click, or an answer that was lost, makes no second run.
 */
export function RestartControl({ run, kind = "plain", hotkey = false, onRestarted }: Props) {
  const blocked = restartRefusal(run, useSession());
  const [isAsking, setAsking] = useState(false);
  const [next, setNext] = useState<Run | null>(null);
  const [decision] = useState(() => ({ choices: {}, idempotencyKey: newIdempotencyKey() }));
  const restart = useRestart(run);
  useHotkey("r", "Restart, with choices", () => setAsking(true), hotkey && !blocked);
  const noteNext = (run: Run) => {
    setNext(run);
    onRestarted?.(run);
  };
  const go = () => restart.mutate(decision, { onSuccess: noteNext });
  if (next) return <Restarted run={next} />;
  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex *:relative">
        <Button
          kind={kind}
          blocked={blocked}
          isBusy={restart.isPending}
          className="rounded-r-none focus-visible:z-10"
          onClick={() => (run.needs_confirmation ? setAsking(true) : go())}
        >
          Restart
        </Button>
        <Button
          kind={kind}
          blocked={blocked}
          isBusy={restart.isPending}
          className="-ml-px rounded-l-none px-1.5 focus-visible:z-10"
          aria-label={`Restart ${run.project_name} with choices`}
          onClick={() => setAsking(true)}
        >
          <ChevronDown aria-hidden="true" className="size-4" />
        </Button>
      </div>
      <RequestOutcome error={restart.error} isPending={restart.isPending} tries={restart.failureCount} />
      {isAsking && <RestartDialog run={run} onRestarted={noteNext} onClose={() => setAsking(false)} />}
    </div>
  );
}

function Restarted({ run }: { run: Run }) {
  return (
    <p role="status" className="py-1.5">
      Restarted as{" "}
      <Link to="/runs/$runId" params={{ runId: run.run_id }} className="text-accent underline">
        #{run.number}
      </Link>
    </p>
  );
}
