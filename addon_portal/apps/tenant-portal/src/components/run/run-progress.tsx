import { ProgressBar } from "@/components/progress-bar";
import type { Run } from "@/lib/run-words";

/** What the program says of itself: how far it is, and with what. */
export function RunProgress({ run: { progress, status_text } }: { run: Run }) {
  if (progress === null) return status_text && <p className="mt-2 max-w-200 wrap-anywhere">“{status_text}”</p>;
  return (
    <div className="mt-2">
      <ProgressBar progress={progress} text={status_text} isWhole />
    </div>
  );
}
