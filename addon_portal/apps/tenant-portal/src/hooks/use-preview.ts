import { useQuery } from "@tanstack/react-query";
import { type BulkChoices, type BulkWish, previewOf } from "@/lib/bulk-restarts";

/** What a bulk restart would do as things are now. */
export const usePreview = (wish: BulkWish, choices: BulkChoices) => useQuery(previewOf(wish, choices));

export type Previewed = ReturnType<typeof usePreview>;
