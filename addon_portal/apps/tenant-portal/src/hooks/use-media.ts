import { useSyncExternalStore } from "react";

/** For what is told in other places or ways on such a screen; what is only arranged otherwise needs no script. */
function useMedia(condition: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(condition);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => matchMedia(condition).matches,
  );
}

/** As Tailwind's `sm`: from here on a table has room for its columns. */
export const useWideScreen = () => useMedia("(width >= 40rem)");

/** Nothing hovers here. */
export const useTouchScreen = () => useMedia("(pointer: coarse)");
