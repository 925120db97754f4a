import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { UNTIL_ANSWERED } from "@/hooks/use-decision";
import {
  abortBulk,
  type BulkChoices,
  type BulkRestart,
  type BulkWish,
  bulkItemsQuery,
  bulkQuery,
  startBulk,
} from "@/lib/bulk-restarts";
import { keys } from "@/lib/keys";

type Start = { wish: BulkWish; choices: BulkChoices; idempotencyKey: string };

/** Ask for it once, whatever happens to the request on its way. */
export function useBulkStart() {
  const note = useNote();
  return useMutation({
    mutationFn: ({ wish, choices, idempotencyKey }: Start) => startBulk(wish, choices, idempotencyKey),
    ...UNTIL_ANSWERED,
    onSuccess: note,
  });
}

/** Aborting twice is no error, so that it may be sent again too. */
export function useBulkAbort(id: string) {
  const note = useNote();
  return useMutation({ mutationFn: () => abortBulk(id), ...UNTIL_ANSWERED, onSuccess: note });
}

/**
 * How far one has come, and each of its projects. Both are read one after the other: the counts of what the list does
 * not tell yet are kept back, so that nothing is said to be done above rows that still wait.
 */
export function useBulkProgress(id: string) {
  const { data: newest, error, refetch } = useQuery(bulkQuery(id));
  const list = useInfiniteQuery({ ...bulkItemsQuery(id, newest?.done ?? 0), enabled: !!newest });
  const [told, setTold] = useState(newest);
  const bulk = list.isPlaceholderData ? told : newest;
  if (bulk !== told) setTold(bulk);
  return { bulk, list, error, refetch };
}

export type BulkItemList = ReturnType<typeof useBulkProgress>["list"];

function useNote() {
  const cache = useQueryClient();
  return (bulk: BulkRestart) => {
    cache.setQueryData(keys.bulk(bulk.id), bulk);
    void cache.invalidateQueries({ queryKey: [...keys.bulks, "recent"] });
  };
}
