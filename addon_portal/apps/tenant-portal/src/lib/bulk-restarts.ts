/** Restarts of many projects by one request: looked at beforehand, asked for, followed, aborted. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";

export type BulkFilter = Schemas["BulkFilterRequest"];
export type BulkPreview = Schemas["PreviewBody"];
export type BulkRestart = Schemas["BulkRestartBody"];
export type BulkSummary = Schemas["BulkRestartSummary"];
export type BulkItem = Schemas["BulkItemBody"];

/** Which projects, by their newest runs; and which runs the person has seen, where it is about those and no others. */
export type BulkWish = { filter: BulkFilter; seen: readonly string[] };

export type BulkChoices = {
  definition: "pinned" | "latest";
  workspace: "keep" | "clean";
  confirm: boolean;
  note: string;
};

/** How far one has come is on no stream: as long as it works and somebody looks, it is asked for this often. */
const LOOK_EVERY_MS = 1_000;
const RECENT = 5;
const PAGE = 200;

const bodyOf = ({ filter, seen }: BulkWish, { note, ...choices }: BulkChoices, dryRun: boolean) => ({
  filter,
  run_id: [...seen],
  ...choices,
  ...(note.trim() && { note: note.trim() }),
  dry_run: dryRun,
});

/** What would be restarted now, and what would not and why. */
export const previewOf = (wish: BulkWish, choices: BulkChoices) =>
  queryOptions({
    queryKey: [...keys.bulks, "preview", wish, { ...choices, note: "" }],
    queryFn: async ({ signal }): Promise<BulkPreview> =>
      (await answerOf(
        client.POST("/api/tenant/restarts", { body: bodyOf(wish, { ...choices, note: "" }, true), signal }),
      )) as BulkPreview,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });

/** One bulk restart for one key, however often it is sent. */
export async function startBulk(wish: BulkWish, choices: BulkChoices, idempotencyKey: string): Promise<BulkRestart> {
  const params = { header: { "Idempotency-Key": idempotencyKey } };
  return (await answerOf(
    client.POST("/api/tenant/restarts", { params, body: bodyOf(wish, choices, false) }),
  )) as BulkRestart;
}

const byId = (id: string) => ({ path: { bulk_restart_id: id } });

export const abortBulk = (id: string): Promise<BulkRestart> =>
  answerOf(client.POST("/api/tenant/restarts/{bulk_restart_id}/abort", { params: byId(id) }));

export const bulkQuery = (id: string) =>
  queryOptions({
    queryKey: keys.bulk(id),
    queryFn: ({ signal }): Promise<BulkRestart> =>
      answerOf(client.GET("/api/tenant/restarts/{bulk_restart_id}", { params: byId(id), signal })),
    refetchInterval: ({ state }) => (state.data?.state === "working" ? LOOK_EVERY_MS : false),
  });

/** `done` is how many have had their turn: another number means that there is more to read. */
export const bulkItemsQuery = (id: string, done: number) =>
  infiniteQueryOptions({
    queryKey: [...keys.bulk(id), "projects", done],
    queryFn: ({ pageParam, signal }): Promise<Schemas["BulkItemPage"]> => {
      const params = { ...byId(id), query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) } };
      return answerOf(client.GET("/api/tenant/restarts/{bulk_restart_id}/projects", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const recentBulks = queryOptions({
  queryKey: [...keys.bulks, "recent"],
  queryFn: async ({ signal }): Promise<BulkSummary[]> =>
    (await answerOf(client.GET("/api/tenant/restarts", { params: { query: { limit: RECENT } }, signal }))).items,
  refetchInterval: ({ state }) => (state.data?.some((bulk) => bulk.state === "working") ? LOOK_EVERY_MS : false),
});
