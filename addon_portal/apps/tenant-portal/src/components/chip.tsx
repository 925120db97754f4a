import { StateShape, TONE_TEXT } from "@/components/state-shape";
import type { Look } from "@/lib/states";

type Props = { word: string; look?: Look; isOn: boolean; onClick: () => void };

/** One of a few things by which a list is narrowed. */
export function Chip({ word, look, isOn, onClick }: Props) {
  const tone = isOn ? "border-accent bg-hover text-ink" : "border-line text-quiet hover:border-edge hover:text-ink";
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={`inline-flex h-7 items-center gap-1.5 rounded-sm border px-2 ${tone}`}
    >
      {look && <StateShape shape={look.shape} className={`size-3.5 ${TONE_TEXT[look.tone]} [&_*]:animate-none`} />}
      {word}
    </button>
  );
}
