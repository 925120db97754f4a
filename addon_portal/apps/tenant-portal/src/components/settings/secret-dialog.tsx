import { type ReactNode, useRef } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";

type Props = { title: string; children: ReactNode; onClose: () => void };

/** What is shown this once. Only its button closes it: a slip of the hand must not lose a secret. */
export function SecretDialog({ title, children, onClose }: Props) {
  const done = useRef<HTMLButtonElement>(null);
  return (
    <Dialog isOpen onOpenChange={() => {}} title={title} initialFocus={done}>
      <p className="mt-1 text-quiet">It is shown this once. The portal keeps no copy from which it could be read.</p>
      {children}
      <DialogActions>
        <Button ref={done} onClick={onClose}>
          I have it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
