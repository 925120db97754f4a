import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";

type Props = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  /** Where the focus begins: on the act, so that Enter does it. */
  initialFocus?: RefObject<HTMLElement | null> | undefined;
  /** For what explains itself: its title is read out alone, and it has its own margins. */
  isBare?: boolean;
  children: ReactNode;
};

type ActionsProps = {
  /** What became of the act so far: seen wherever a long dialog has been scrolled to. */
  news?: ReactNode;
  children: ReactNode;
};

/** The second half of a double click on what has opened the question is no answer to it. */
const DOUBLE_CLICK_MS = 500;

/** A question in front of the page. Escape and a click beside it leave everything as it was. */
export function Dialog({ isOpen, onOpenChange, title, initialFocus, isBare = false, children }: Props) {
  const openedAt = useRef(0);
  useEffect(() => {
    if (isOpen) openedAt.current = performance.now();
  }, [isOpen]);
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(next, { reason }) => {
        if (reason === "outside-press" && performance.now() - openedAt.current < DOUBLE_CLICK_MS) return;
        onOpenChange(next);
      }}
    >
      <Base.Portal>
        <Base.Backdrop
          data-dims
          className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.45)] transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
        />
        <Base.Popup
          {...(initialFocus && { initialFocus })}
          className="fixed top-[8vh] left-1/2 z-50 max-h-[84vh] w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-y-auto rounded-md border border-line bg-raised shadow-popup outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          {/* Margins inside of what scrolls: those of its own would be left blank below what sticks to its end. */}
          <div className={isBare ? "" : "p-5"}>
            <Base.Title className={isBare ? "sr-only" : "font-semibold text-lead wrap-anywhere"}>{title}</Base.Title>
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** What answers the question, last in a dialog: always in view, however long what stands above. */
export function DialogActions({ news, children }: ActionsProps) {
  return (
    <div className="sticky bottom-0 z-20 -mx-5 mt-2 -mb-5 flex flex-col gap-4 bg-raised px-5 pt-3 pb-5">
      {news}
      <div className="flex flex-wrap justify-end gap-2">{children}</div>
    </div>
  );
}
