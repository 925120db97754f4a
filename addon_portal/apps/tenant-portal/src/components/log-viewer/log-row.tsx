import { useLayoutEffect, useRef } from "react";
import { LogSpans } from "@/components/log-viewer/log-spans";
import { markSpans } from "@/lib/log-marks";
import type { Row } from "@/lib/log-rows";
import type { Wanted } from "@/lib/log-search";

export const ROW_PIXELS = 20;

interface Props {
  readonly row: Row;
  readonly top: number;
  readonly time: string | null;
  readonly number: number | null;
  readonly hasTimes: boolean;
  /** Whether it goes on with what the row before has begun. */
  readonly isContinued: boolean;
  readonly isChosen: boolean;
  readonly wanted: Wanted | null;
  readonly onChoose: (offset: number) => void;
}

/** One row of the log; what stands before the text can be clicked to link to the line. */
export function LogRow({ row, top, time, number, hasTimes, isContinued, isChosen, wanted, onChoose }: Props) {
  const { line, part, overwritten } = row;
  const text = useRef<HTMLSpanElement>(null);
  // A place far to the right in a long line is to be seen as well.
  useLayoutEffect(() => {
    if (isChosen && wanted)
      text.current?.querySelector("mark")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isChosen, wanted]);
  const spans = markSpans(row.spans, wanted?.text ?? "", wanted?.ignoreCase ?? false);
  return (
    <div
      className={`absolute right-0 left-0 flex min-w-max whitespace-pre ${isChosen ? "bg-amber-wash" : "hover:bg-hover"}`}
      style={{ top, height: ROW_PIXELS, lineHeight: `${ROW_PIXELS}px` }}
      data-offset={line.start}
    >
      <button
        type="button"
        tabIndex={-1}
        onClick={() => onChoose(line.start)}
        className={`sticky left-0 z-1 shrink-0 select-none border-r-2 pr-2 pl-2 text-left text-quiet tabular-nums hover:text-ink ${
          isChosen ? "border-amber bg-amber-wash" : "border-line bg-sunken"
        }`}
      >
        {hasTimes && <span className="inline-block w-[12ch]">{isContinued ? "" : time}</span>}
        <span className="inline-block min-w-[5ch] text-right">{isContinued ? "↪" : (number ?? "·")}</span>
        <span className="sr-only">, link to the line at byte {line.start}</span>
      </button>
      <span ref={text} className="pr-4 pl-2">
        <LogSpans spans={spans} />
        {overwritten > 0 && part === 0 && (
          <span
            className="ml-2 select-none text-quiet"
            title={`The program has written ${overwritten} earlier versions of this line over each other. The download has all of them.`}
          >
            ⟲{overwritten}
          </span>
        )}
      </span>
    </div>
  );
}
