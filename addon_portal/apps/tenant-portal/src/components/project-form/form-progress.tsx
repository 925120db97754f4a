import type { ReactNode } from "react";
import type { Step } from "@/hooks/use-save-project";
import { bytesText } from "@/lib/sizes";

type Props = { step: Step | null; isGit: boolean; children: ReactNode };

/** What is being done, and how far an upload is; what saving means while nothing is. */
export function FormProgress({ step, isGit, children }: Props) {
  return (
    <div role="status" className="min-w-0 flex-1 basis-48 text-quiet text-small">
      {step ? <Doing step={step} isGit={isGit} /> : children}
    </div>
  );
}

function Doing({ step, isGit }: { step: Step; isGit: boolean }) {
  if (step.name === "definition") return "Saving …";
  if (step.name === "schedule") return "Setting the schedule …";
  if (isGit) return "Fetching from git …";
  if (!step.sent) return "Uploading …";
  const { sent, total } = step.sent;
  if (sent >= total) return "Unpacking …";
  return (
    <span className="flex items-center gap-3">
      <progress value={sent} max={total} aria-label="Uploaded" className="h-1.5 w-40 accent-accent" />
      {bytesText(sent)} of {bytesText(total)}
    </span>
  );
}
