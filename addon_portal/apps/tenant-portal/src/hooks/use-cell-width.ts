import { type RefObject, useLayoutEffect, useState } from "react";

const CELLS = 100;

/** How wide one character of a box's monospace font is, in pixels; 0 until it is known. */
export function useCellWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const context = document.createElement("canvas").getContext("2d");
    if (!context || !box.current) return;
    context.font = getComputedStyle(box.current).font;
    setWidth(context.measureText("x".repeat(CELLS)).width / CELLS);
  }, [box]);
  return width;
}
