import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { followEvents } from "@/lib/events";

/** Keep what is shown live for as long as the page stands. */
export function useLiveEvents() {
  const cache = useQueryClient();
  useEffect(() => {
    const leaving = new AbortController();
    void followEvents(cache, leaving.signal);
    return () => leaving.abort();
  }, [cache]);
}
