import type { Run } from "@/lib/run-words";

/** What the program says of itself: how far it is, and with what. */
export function RunProgress({ run: { progress, status_text } }: { run: Run }) {
  if (progress === null) return status_text && <p className="mt-2 max-w-200 wrap-anywhere">“{status_text}”</p>;
  const percent = Math.round(progress * 100);
  return (
    <div className="mt-2 flex max-w-120 flex-wrap items-center gap-x-2">
      <progress className="sr-only" max={100} value={percent} aria-label="Progress, as the program says" />
      <span className="h-1.5 min-w-32 flex-1 overflow-hidden rounded-sm bg-hover">
        <span className="block h-full bg-blue" style={{ width: `${percent}%` }} />
      </span>
      <span className="text-quiet tabular-nums">{percent} %</span>
      {status_text && <span className="wrap-anywhere">{status_text}</span>}
    </div>
  );
}
