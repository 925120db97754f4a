import { type ReactNode, useRef } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";

type Props = {
  title: string;
  /** What follows from it. */
  children: ReactNode;
  act: string;
  keep: string;
  change: {
    mutate: (value: undefined, options: { onSuccess: () => void }) => void;
    error: unknown;
    isPending: boolean;
  };
  onClose: () => void;
};

/** A question before something that hurts. It closes once it is done, and says why where it was not. */
export function Confirm({ title, children, act, keep, change, onClose }: Props) {
  const safe = useRef<HTMLButtonElement>(null);
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || onClose()} title={title} initialFocus={safe}>
      <div className="mt-1 flex flex-col gap-2 text-quiet">{children}</div>
      <DialogActions news={!!change.error && <ErrorNote error={change.error} />}>
        <Button ref={safe} onClick={onClose}>
          {keep}
        </Button>
        <Button
          kind="danger"
          isBusy={change.isPending}
          onClick={() => change.mutate(undefined, { onSuccess: onClose })}
        >
          {act}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
