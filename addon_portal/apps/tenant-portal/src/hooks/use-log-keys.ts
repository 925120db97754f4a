import { useEffect } from "react";

/** The keys of other readers of long texts, and what each does. */
const KEYS = {
  "/": "search",
  n: "next",
  N: "previous",
  g: "begin",
  G: "end",
  f: "follow",
  w: "wrap",
  t: "times",
} as const;

export type LogActions = Readonly<Record<(typeof KEYS)[keyof typeof KEYS], () => void>>;

/** Single keys work wherever nothing is typed and no dialog is open. */
export function useLogKeys(actions: LogActions) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!Object.hasOwn(KEYS, event.key)) return;
      event.preventDefault();
      actions[KEYS[event.key as keyof typeof KEYS]]();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [actions]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null
  );
}
