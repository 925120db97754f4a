import { useEffect, useEffectEvent } from "react";

const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);

/** One key, while nobody types and nothing stands in front of the page. */
export function useHotkey(key: string, act: () => void, isOn = true) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement | null;
    if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target && (TYPING.has(target.tagName) || target.isContentEditable)) return;
    if (document.querySelector('[role="dialog"]')) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    if (!isOn) return;
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [isOn]);
}
