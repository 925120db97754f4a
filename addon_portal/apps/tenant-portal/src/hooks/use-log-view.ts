import { skipToken, useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useConnection } from "@/lib/connection";
import { keys } from "@/lib/keys";
import { logOfRun } from "@/lib/log-source";
import { LogView } from "@/lib/log-view";

/** The log of a run as somebody sees it, kept current by the events of the page. Of one run: give it a `key`. */
export function useLogView(runId: string, at: number | null, isFinal: boolean) {
  const [view] = useState(() => new LogView(logOfRun(runId)));
  const [begin] = useState(at);
  const state = useSyncExternalStore(view.subscribe, view.getState);
  const { phase } = useConnection();
  const size = useQuery<number>({ queryKey: keys.logSize(runId), queryFn: skipToken }).data;

  useEffect(() => {
    view.open(begin);
    return () => view.close();
  }, [view, begin]);
  useEffect(() => {
    if (size !== undefined) view.grow(size);
  }, [view, size]);
  // What grew while nobody told, or behind what was held back until the end, is asked for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of `isFinal` that is waited for
  useEffect(() => {
    if (phase === "live") view.check();
  }, [view, phase, isFinal]);

  return { view, state };
}
