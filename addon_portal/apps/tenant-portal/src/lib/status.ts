/** A tenant's numbers: how things stand now, and how runs went over time. */
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";

export type Status = Schemas["StatusBody"];

/** As long are the lists of the status at most. */
export const STATUS_ROWS = 50;

export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: ({ signal }): Promise<Status> =>
    answerOf(client.GET("/api/tenant/status", { params: { query: { limit: STATUS_ROWS } }, signal })),
});

/** What became final in each of the last 24 hours. */
export const lastDayQuery = queryOptions({
  queryKey: [...keys.stats, "last day"],
  queryFn: ({ signal }): Promise<Schemas["StatsBody"]> =>
    answerOf(client.GET("/api/tenant/stats", { params: { query: { bucket: "hour" } }, signal })),
  refetchInterval: 10 * 60_000,
});
