import { type RefObject, useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from "react";
import type { LogView, ViewState } from "@/lib/log-view";

const OVERSCAN_ROWS = 10;
/** So near the end counts as at the end: zoomed browsers round. */
const END_PIXELS = 3;

export interface LogScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  /** The rows to draw, [from, to), and those on the screen. */
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
  readonly width: number;
  readonly onScroll: () => void;
}

/**
 * Where the log is scrolled to. The place is kept by the view, as a line by its byte; the box is moved to it after each
 * change of what is loaded, and tells it where the reader has scrolled to. `head` is how much stands above the rows.
 */
export function useLogScroll(view: LogView, state: ViewState, rowPixels: number, head: number): LogScroll {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 600 });
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const revealed = useRef(0);
  const { rows } = state;
  const onScreen = Math.ceil(size.height / rowPixels) + 1;
  const first = state.isFollowing ? Math.max(0, rows.count - onScreen) : Math.max(0, view.place().row);
  const last = Math.min(rows.count, first + onScreen);

  const report = useCallback(() => {
    const element = box.current;
    if (!element || rows.count === 0) return;
    const top = element.scrollTop - head;
    const row = Math.min(rows.count - 1, Math.max(0, Math.floor(top / rowPixels)));
    const shown = rows.rowAt(row);
    if (!shown) return;
    const cell = shown.part * (rows.columns ?? 0);
    view.look(row, row + onScreen, { offset: shown.line.start, cell, pixels: top - row * rowPixels });
  }, [view, rows, rowPixels, head, onScreen]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= END_PIXELS;
    const before = view.place().row;
    report();
    const { end, size, isLoaded, isFollowing } = view.getState();
    if (isAtEnd && isLoaded && end >= size) view.goToEnd();
    else if (!isAtEnd && isFollowing) view.stopFollowing();
    if (view.place().row !== before) redraw();
  }, [view, report]);

  useEffect(() => {
    view.beforeFrame = report;
    return () => {
      view.beforeFrame = null;
    };
  }, [view, report]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of what is loaded or of how much room there is
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { reveal, isFollowing } = state;
    if (reveal && reveal.id !== revealed.current) {
      revealed.current = reveal.id;
      element.scrollTop = head + rows.indexOf(reveal.offset) * rowPixels - Math.floor(element.clientHeight / 3);
      report();
      redraw();
    } else {
      const { row, pixels } = view.place();
      const top = isFollowing ? element.scrollHeight - element.clientHeight : head + row * rowPixels + pixels;
      if (Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
      if (isFollowing) report();
    }
  }, [state.version, size]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return {
    box,
    first,
    last,
    from: Math.max(0, first - OVERSCAN_ROWS),
    to: Math.min(rows.count, last + OVERSCAN_ROWS),
    width: size.width,
    onScroll,
  };
}
