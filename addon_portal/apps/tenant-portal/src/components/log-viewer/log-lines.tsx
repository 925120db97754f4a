import type { ReactNode } from "react";
import { LogRow, ROW_PIXELS } from "@/components/log-viewer/log-row";
import type { LogScroll } from "@/hooks/use-log-scroll";
import type { Wanted } from "@/lib/log-search";
import type { LogView, ViewState } from "@/lib/log-view";

/** What stands above the first line has a height of its own that never changes. */
export const HEAD_PIXELS = 28;

interface Props {
  readonly id: string;
  readonly label: string;
  readonly view: LogView;
  readonly state: ViewState;
  readonly scroll: LogScroll;
  readonly head: ReactNode;
  readonly timeAt: ((offset: number) => string | null) | null;
  readonly chosen: number | null;
  readonly wanted: Wanted | null;
  readonly onChoose: (offset: number) => void;
  readonly children: ReactNode;
}

/** The rows that are on the screen, and room for those that are not. */
export function LogLines(props: Props) {
  const { id, label, view, state, scroll, head, timeAt, chosen, wanted, onChoose, children } = props;
  const rows = [];
  let number: number | null = null;
  let isEnded = true;
  for (let index = scroll.from; index < scroll.to; index += 1) {
    const row = state.rows.rowAt(index);
    if (!row) continue;
    if (rows.length === 0) {
      number = view.window.numberOf(row.index);
      isEnded = view.window.lineAt(row.index - 1)?.terminated ?? true;
    }
    rows.push(
      <LogRow
        key={`${row.line.start}:${row.part}`}
        row={row}
        top={HEAD_PIXELS + index * ROW_PIXELS}
        time={timeAt?.(row.line.start) ?? null}
        number={number}
        hasTimes={timeAt !== null}
        isContinued={row.part > 0 || !isEnded}
        isChosen={chosen !== null && chosen >= row.line.start && chosen < row.line.next}
        wanted={wanted}
        onChoose={onChoose}
      />,
    );
    if (state.rows.lineOf(index + 1) === row.index) continue;
    isEnded = row.line.terminated;
    if (number !== null && isEnded) number += 1;
  }
  return (
    <div
      id={id}
      ref={scroll.box}
      role="log"
      aria-live="off"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
      onScroll={scroll.onScroll}
      className="log-scroller relative min-h-0 min-w-0 flex-1 overflow-auto font-mono text-small focus-visible:-outline-offset-2"
    >
      <div
        className="sticky left-0 truncate px-3 font-sans text-quiet"
        style={{ height: HEAD_PIXELS, lineHeight: `${HEAD_PIXELS}px` }}
      >
        {head}
      </div>
      {rows}
      <div aria-hidden style={{ height: state.rows.count * ROW_PIXELS }} />
      {children}
    </div>
  );
}
