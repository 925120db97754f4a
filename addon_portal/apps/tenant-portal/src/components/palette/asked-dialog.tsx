import { useNavigate } from "@tanstack/react-router";
import { KeysDialog } from "@/components/palette/keys-dialog";
import { RunDialog } from "@/components/palette/run-dialog";
import { RestartDialog } from "@/components/restart-dialog";
import { StopDialog } from "@/components/stop-control";
import type { Asked } from "@/hooks/use-palette-offers";
import type { Run } from "@/lib/run-words";

/** The question that follows a command. What comes of it is in view afterwards. */
export default function AskedDialog({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const navigate = useNavigate();
  const goTo = (run: Run) => {
    onClose();
    void navigate({ to: "/runs/$runId", params: { runId: run.run_id } });
  };
  switch (asked.act) {
    case "restart":
      return <RestartDialog run={asked.run} onRestarted={goTo} onClose={onClose} />;
    case "stop":
      return <StopDialog run={asked.run} onClose={onClose} />;
    case "run":
      return <RunDialog project={asked.project} onRun={goTo} onClose={onClose} />;
    case "keys":
      return <KeysDialog onClose={onClose} />;
  }
}
