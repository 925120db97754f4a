import { useEffect } from "react";
import type { LogView } from "@/lib/log-view";

/** What stands beside the text of a row: the room before and behind it, and its number; and the time where it is shown. */
const BESIDE_PIXELS = 44;
const NUMBER_CELLS = 7;
const TIME_CELLS = 12;
const FEWEST_COLUMNS = 16;

/** Tell the view how many cells a row has, where long lines are wrapped. */
export function useLogWrap(view: LogView, isOn: boolean, width: number, cell: number, hasTimes: boolean) {
  useEffect(() => {
    if (width === 0 || cell === 0) return;
    const beside = NUMBER_CELLS + (hasTimes ? TIME_CELLS : 0);
    const columns = Math.floor((width - BESIDE_PIXELS) / cell) - beside;
    view.wrap(isOn ? Math.max(FEWEST_COLUMNS, columns) : null);
  }, [view, isOn, width, cell, hasTimes]);
}
