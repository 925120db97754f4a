import type { FormEvent, ReactNode } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";

type Props = {
  title: string;
  children: ReactNode;
  act: string;
  blocked: string | null;
  isBusy: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
};

/** Something to fill in, done by Enter; what is missing stands beside the buttons, what is wrong above them. */
export function FormDialog({ title, children, act, blocked, isBusy, error, onSubmit, onClose }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!blocked && !isBusy) onSubmit();
  };
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || onClose()} title={title}>
      <form onSubmit={submit}>
        {children}
        <DialogActions news={!!error && <ErrorNote error={error} />}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" blocked={blocked} showsReason isBusy={isBusy}>
            {act}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
