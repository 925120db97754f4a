import { useEffect } from "react";
import { hotkeys } from "@/lib/hotkeys";

/** The keys of other readers of long texts, and what each does. */
const KEYS = [
  ["/", "search", "Search the output"],
  ["n", "next", "The next place that was found"],
  ["N", "previous", "The place found before"],
  ["g", "begin", "The beginning of the output"],
  ["G", "end", "The end of the output"],
  ["f", "follow", "Follow the output, or stay"],
  ["w", "wrap", "Wrap long lines, or not"],
  ["t", "times", "Show when lines came, or not"],
] as const;

export type LogActions = Readonly<Record<(typeof KEYS)[number][1], () => void>>;

export function useLogKeys(actions: LogActions) {
  useEffect(() => {
    const removals = KEYS.map(([key, name, what]) =>
      hotkeys.add({ key, what, isGlobal: false, act: () => actions[name]() }),
    );
    return () => {
      for (const remove of removals) remove();
    };
  }, [actions]);
}
