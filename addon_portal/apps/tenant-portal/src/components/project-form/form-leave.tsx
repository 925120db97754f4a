import { useBlocker } from "@tanstack/react-router";
import { useRef } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";

/** Asks before what was entered is lost. */
export function FormLeave({ isDirty }: { isDirty: () => boolean }) {
  const stay = useRef<HTMLButtonElement>(null);
  const blocker = useBlocker({ shouldBlockFn: isDirty, enableBeforeUnload: isDirty, withResolver: true });
  if (blocker.status !== "blocked") return null;
  return (
    <Dialog isOpen onOpenChange={() => blocker.reset()} title="Leave without saving?" initialFocus={stay}>
      <p className="mt-1 text-quiet">What you have entered is not stored yet, and will be gone.</p>
      <DialogActions>
        <Button kind="danger" onClick={blocker.proceed}>
          Leave
        </Button>
        <Button ref={stay} kind="primary" onClick={blocker.reset}>
          Go on editing
        </Button>
      </DialogActions>
    </Dialog>
  );
}
