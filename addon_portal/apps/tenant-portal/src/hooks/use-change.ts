/** A request that changes something which is then read anew, also after an error: it may have arrived all the same. */
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

export function useChange<V, R>(send: (value: V) => Promise<R>, ...changed: QueryKey[]) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: send,
    networkMode: "always",
    onSettled: () => Promise.all(changed.map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
