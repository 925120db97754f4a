import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UNTIL_ANSWERED } from "@/hooks/use-decision";
import { abortBulk, type BulkChoices, type BulkRestart, type BulkWish, startBulk } from "@/lib/bulk-restarts";
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

function useNote() {
  const cache = useQueryClient();
  return (bulk: BulkRestart) => {
    cache.setQueryData(keys.bulk(bulk.id), bulk);
    void cache.invalidateQueries({ queryKey: [...keys.bulks, "recent"] });
  };
}
