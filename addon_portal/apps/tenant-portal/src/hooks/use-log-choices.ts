import { useState } from "react";
import { keepChoices, keptChoices } from "@/lib/log-choices";

/** On screens narrower than this, lines are wrapped unless the person has said otherwise. */
const NARROW_PIXELS = 640;

/** Whether lines are wrapped and times shown, as the person has chosen. */
export function useLogChoices(width: number) {
  const [choices, setChoices] = useState(keptChoices);
  const wrap = choices.wrap ?? (width > 0 && width < NARROW_PIXELS);
  const change = (next: typeof choices) => {
    setChoices(next);
    keepChoices(next);
  };
  return {
    wrap,
    times: choices.times,
    toggleWrap: () => change({ ...choices, wrap: !wrap }),
    toggleTimes: () => change({ ...choices, times: !choices.times }),
  };
}
