import { lazy, type ReactNode, Suspense, useState } from "react";
import { Button } from "@/components/button";
import { useSession } from "@/hooks/use-session";
import type { BulkWish } from "@/lib/bulk-restarts";
import { roleRefusal } from "@/lib/run-acts";

const BulkRestartDialog = lazy(() => import("@/components/bulk/bulk-restart-dialog"));

export type AskBulk = (wish: BulkWish, label: string) => void;

type Props = {
  /** Told when the dialog is closed after a restart was asked for. */
  onDone: () => void;
  children: (ask: AskBulk) => ReactNode;
};

/**
 * Where many can be restarted at once. The dialog stands around the rows and buttons that ask for it, since these go as
 * soon as what they were about has been restarted.
 */
export function BulkRestart({ onDone, children }: Props) {
  const [asked, setAsked] = useState<{ wish: BulkWish; label: string } | null>(null);
  const close = (isStarted: boolean) => {
    setAsked(null);
    if (isStarted) onDone();
  };
  return (
    <>
      {children((wish, label) => setAsked({ wish, label }))}
      <Suspense fallback={null}>
        {asked && <BulkRestartDialog wish={asked.wish} title={asked.label} onClose={close} />}
      </Suspense>
    </>
  );
}

type ButtonProps = { ask: AskBulk; wish: BulkWish; label: string; kind?: "primary" | "plain" };

/** `Restart 14 failed runs`: what would come of it is looked at first. */
export function BulkButton({ ask, wish, label, kind = "plain" }: ButtonProps) {
  const session = useSession();
  return (
    <Button kind={kind} blocked={roleRefusal("restart", session)} onClick={() => ask(wish, label)}>
      {label}
    </Button>
  );
}
