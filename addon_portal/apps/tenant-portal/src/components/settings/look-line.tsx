import { StateShape, TONE_TEXT } from "@/components/state-shape";
import type { Look } from "@/lib/states";

/** A word with its shape and tone, for what is no run. */
export function LookLine({ look }: { look: Look }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <StateShape shape={look.shape} className={TONE_TEXT[look.tone]} />
      <span className={`font-medium ${TONE_TEXT[look.tone]}`}>{look.word}</span>
    </span>
  );
}
