import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { type Hotkey, hotkeys, isTaken } from "@/lib/hotkeys";

/** One key of a page while `isOn`; `what` it does is told by the help. */
export function useHotkey(key: string, what: string, act: () => void, isOn = true) {
  useOneKey(key, what, act, false, isOn);
}

/** One key that works on every page which does not use it otherwise. */
export function useGlobalHotkey(key: string, what: string, act: () => void) {
  useOneKey(key, what, act, true, true);
}

function useOneKey(key: string, what: string, act: () => void, isGlobal: boolean, isOn: boolean) {
  const onKey = useEffectEvent(act);
  useEffect(() => {
    return isOn ? hotkeys.add({ key, what, isGlobal, act: () => onKey() }) : undefined;
  }, [key, what, isGlobal, isOn]);
}

/** All keys in force, for the help. */
export const useHotkeys = (): readonly Hotkey[] => useSyncExternalStore(hotkeys.onChange, hotkeys.inForce);

/** Listens for all of them; once, in the frame around the pages. */
export function useHotkeyListener() {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const hotkey = hotkeys.find(event);
      if (!hotkey || isTaken(event.target)) return;
      event.preventDefault();
      hotkey.act();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
