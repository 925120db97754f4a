import { useRef, useState } from "react";
import { BulkOptions } from "@/components/bulk/bulk-options";
import { BulkPreview } from "@/components/bulk/bulk-preview";
import { BulkProgress } from "@/components/bulk/bulk-progress";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { RequestOutcome } from "@/components/run/request-outcome";
import { useBulkStart } from "@/hooks/use-bulk";
import { usePreview } from "@/hooks/use-preview";
import type { BulkChoices, BulkWish } from "@/lib/bulk-restarts";
import { restartText } from "@/lib/bulk-words";
import { newIdempotencyKey } from "@/lib/idempotency";

type Props = {
  wish: BulkWish;
  /** What was clicked: `Restart 14 failed runs`. */
  title: string;
  onClose: (isStarted: boolean) => void;
};

const USUAL: BulkChoices = { definition: "pinned", workspace: "keep", confirm: false, note: "" };

/**
 * What would be restarted and what not, before anything is; then how far it has come. One key for as long as it is open:
 * however often the act is clicked or sent, there is one bulk restart. It goes on when this is closed.
 */
export default function BulkRestartDialog({ wish, title, onClose }: Props) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [choices, setChoices] = useState(USUAL);
  const act = useRef<HTMLButtonElement>(null);
  const start = useBulkStart();
  const preview = usePreview(wish, choices);
  const count = preview.data?.would_start ?? 0;
  const close = () => onClose(start.isSuccess);
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || close()} title={title} initialFocus={act}>
      {start.data ? (
        <BulkProgress id={start.data.id} />
      ) : (
        <>
          <p className="mt-1 text-quiet">
            Each gets a new run of its own, one after the other; the old ones stay as they are.
          </p>
          <BulkPreview preview={preview} />
          <BulkOptions choices={choices} preview={preview.data} onChange={setChoices} />
        </>
      )}
      <DialogActions
        news={<RequestOutcome error={start.error} isPending={start.isPending} tries={start.failureCount} />}
      >
        <Button onClick={close}>{start.data ? "Close" : "Leave them"}</Button>
        {!start.data && (
          <Button
            ref={act}
            kind="primary"
            blocked={whyNot(preview.data?.would_start)}
            isBusy={start.isPending}
            onClick={() => start.mutate({ wish, choices, idempotencyKey })}
          >
            {restartText(count)}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function whyNot(wouldStart: number | undefined) {
  if (wouldStart === undefined) return "What would be restarted is being looked for.";
  return wouldStart ? null : "None of them would be restarted; it stands above why.";
}
