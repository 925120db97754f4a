import { useQuery } from "@tanstack/react-query";
import { type BulkChoices, type BulkFilter, previewOf } from "@/lib/bulk-restarts";

/** What a bulk restart would do as things are now. */
export const usePreview = (filter: BulkFilter, choices: BulkChoices) => useQuery(previewOf(filter, choices));

export type Previewed = ReturnType<typeof usePreview>;
