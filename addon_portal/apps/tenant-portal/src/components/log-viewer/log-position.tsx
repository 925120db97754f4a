import { type PointerEvent, useRef, useState } from "react";
import { bytesText } from "@/lib/sizes";

interface Props {
  /** The bytes of the file that are on the screen, and those that there are. */
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly size: number;
  readonly controls: string;
  readonly onGo: (offset: number) => void;
}

const SMALLEST_PERCENT = 4;

/** Where in the whole file the screen is; dragged or clicked it goes anywhere, however large the file. */
export function LogPosition({ from, to, first, size, controls, onGo }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const length = Math.max(1, size - first);
  const height = Math.min(100, Math.max(SMALLEST_PERCENT, (100 * (to - from)) / length));
  const room = Math.max(1, length - (to - from));
  const at = dragged ?? Math.min(1, Math.max(0, (from - first) / room));

  const shareAt = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box) return 0;
    const thumb = (box.height * height) / 100;
    return Math.min(1, Math.max(0, (event.clientY - box.top - thumb / 2) / Math.max(1, box.height - thumb)));
  };
  const offsetOf = (share: number) => Math.round(first + share * (length - 1));

  return (
    <div
      ref={track}
      role="scrollbar"
      aria-label="Place in the whole output"
      aria-controls={controls}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      aria-valuetext={`${bytesText(offsetOf(at))} of ${bytesText(size)}`}
      tabIndex={-1}
      className="relative w-3 shrink-0 touch-none border-line border-l bg-sunken"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(shareAt(event));
      }}
      onPointerMove={(event) => dragged !== null && setDragged(shareAt(event))}
      onPointerUp={(event) => {
        setDragged(null);
        onGo(offsetOf(shareAt(event)));
      }}
      onPointerCancel={() => setDragged(null)}
    >
      <div
        className="absolute right-0.5 left-0.5 rounded-sm bg-edge opacity-60 hover:opacity-100"
        style={{ height: `${height}%`, top: `${at * (100 - height)}%` }}
      />
      {dragged !== null && (
        <div
          className="pointer-events-none absolute right-4 z-10 rounded-sm bg-ink px-2 py-1 text-ground text-small whitespace-nowrap shadow-popup"
          style={{ top: `${at * 90}%` }}
        >
          {bytesText(offsetOf(dragged))} of {bytesText(size)}
        </div>
      )}
    </div>
  );
}
