import { useSyncExternalStore } from "react";

/** As Tailwind's `sm`: from here on a table has room for its columns. */
const WIDE = "(width >= 40rem)";

function subscribe(listener: () => void) {
  const query = matchMedia(WIDE);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** For what is told in other places on a narrow screen; what is only arranged otherwise needs no script. */
export function useWideScreen(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches);
}
