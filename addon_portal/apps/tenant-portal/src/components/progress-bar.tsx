type Props = {
  progress: number;
  text: string | null;
  isOld?: boolean;
  /** Whether the text may have lines, where there is room; else it is cut to one. */
  isWhole?: boolean;
};

/** How far a program says that it is, and with what. */
export function ProgressBar({ progress, text, isOld = false, isWhole = false }: Props) {
  const percent = Math.round(progress * 100);
  return (
    <span className={`flex max-w-120 items-center gap-x-2 ${isWhole ? "flex-wrap" : ""}`}>
      <progress className="sr-only" max={100} value={percent} aria-label="Progress, as the program says" />
      <span aria-hidden="true" className="h-1.5 min-w-16 flex-1 overflow-hidden rounded-sm bg-hover">
        <span className={`block h-full ${isOld ? "bg-edge" : "bg-blue"}`} style={{ width: `${percent}%` }} />
      </span>
      <span className="shrink-0 text-quiet tabular-nums">{percent} %</span>
      {text && <span className={`min-w-0 ${isWhole ? "wrap-anywhere" : "truncate text-quiet"}`}>{text}</span>}
    </span>
  );
}
