import { useQuery } from "@tanstack/react-query";
import type { Host } from "@/lib/run-words";
import { hostQuery } from "@/lib/runs";

/** Whether somebody looks after the runs; undefined until the stream has said so. */
export function useHost(): Host | undefined {
  return useQuery(hostQuery).data;
}
