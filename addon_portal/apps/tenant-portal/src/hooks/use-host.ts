import { useQuery } from "@tanstack/react-query";
import { useConnection } from "@/lib/connection";
import { type Host, seenThrough } from "@/lib/run-words";
import { hostQuery } from "@/lib/runs";

/** Whether somebody looks after the runs; undefined until the stream has said so. */
export function useHost(): Host | undefined {
  return useQuery(hostQuery).data;
}

/** As `useHost`, as far as this page knows: while the portal does not answer, all it shows is as of then. */
export function useSight(): Host | undefined {
  return seenThrough(useConnection(), useHost());
}
