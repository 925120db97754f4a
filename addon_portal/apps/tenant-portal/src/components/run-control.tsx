import { useState } from "react";
import { Button } from "@/components/button";
import { RequestOutcome } from "@/components/run/request-outcome";
import { type Decision, useDecision } from "@/hooks/use-decision";
import { useSession } from "@/hooks/use-session";
import { newIdempotencyKey } from "@/lib/idempotency";
import { runProject } from "@/lib/projects";
import { runRefusal } from "@/lib/run-acts";

/** Run a project as it is defined now. */
export function RunControl({ projectId, kind = "plain" }: { projectId: string; kind?: "primary" | "plain" }) {
  const session = useSession();
  const [idempotencyKey, setKey] = useState(newIdempotencyKey);
  const run = useDecision(({ idempotencyKey: key }: Decision<null>) => runProject(projectId, key));
  const go = () => run.mutate({ choices: null, idempotencyKey }, { onSuccess: () => setKey(newIdempotencyKey()) });
  return (
    <div className="flex flex-col items-end gap-2">
      <Button kind={kind} blocked={runRefusal(null, session)} isBusy={run.isPending} onClick={go}>
        Run
      </Button>
      <RequestOutcome error={run.error} isPending={run.isPending} tries={run.failureCount} />
    </div>
  );
}
