/** Webhooks: who is told of what, what was sent to them, and sending it again. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";

export type Webhook = Schemas["WebhookBody"];
export type Delivery = Schemas["DeliveryBody"];
export type NewWebhook = Schemas["WebhookRequest"];

const PAGE = 100;
/** No event tells what became of a message: while one is on its way, and its log is open, it is asked for. */
const ON_ITS_WAY_MS = 1_500;

export const webhooksQuery = infiniteQueryOptions({
  queryKey: keys.webhooks,
  queryFn: async ({ pageParam, signal }): Promise<Schemas["WebhookPage"]> => {
    const query = { limit: PAGE, ...(pageParam && { cursor: pageParam }) };
    return answerOf(client.GET("/api/tenant/webhooks", { params: { query }, signal }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  staleTime: 0,
});

const of = (id: string) => ({ params: { path: { webhook_id: id } } });

export const makeWebhook = (body: NewWebhook) => answerOf(client.POST("/api/tenant/webhooks", { body }));
export const changeWebhook = (id: string, body: Schemas["WebhookChange"]) =>
  answerOf(client.PUT("/api/tenant/webhooks/{webhook_id}", { ...of(id), body }));
export const enableWebhook = (id: string) => answerOf(client.POST("/api/tenant/webhooks/{webhook_id}/enable", of(id)));
export const disableWebhook = (id: string) =>
  answerOf(client.POST("/api/tenant/webhooks/{webhook_id}/disable", of(id)));
export const replaceSecret = (id: string) => answerOf(client.POST("/api/tenant/webhooks/{webhook_id}/rotate", of(id)));
export const sendTest = (id: string) => answerOf(client.POST("/api/tenant/webhooks/{webhook_id}/test", of(id)));

export async function deleteWebhook(id: string): Promise<void> {
  await answerOf(client.DELETE("/api/tenant/webhooks/{webhook_id}", of(id)));
}

export const deliveriesQuery = (webhookId: string) =>
  infiniteQueryOptions({
    queryKey: keys.deliveries(webhookId),
    queryFn: async ({ pageParam, signal }): Promise<Schemas["DeliveryPage"]> => {
      const query = { limit: 20, ...(pageParam && { cursor: pageParam }) };
      const params = { path: { webhook_id: webhookId }, query };
      return answerOf(client.GET("/api/tenant/webhooks/{webhook_id}/deliveries", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
    refetchInterval: ({ state }) => askAgainIn(state.data?.pages.flatMap((page) => page.items) ?? [], Date.now()),
  });

/** In how many milliseconds something new may be known of these; false where everything has come to its end. */
export function askAgainIn(deliveries: readonly Delivery[], now: number): number | false {
  const next = deliveries
    .filter(({ state, next_attempt_at }) => state === "pending" && next_attempt_at !== null)
    .map(({ next_attempt_at }) => Date.parse(next_attempt_at ?? "") - now);
  return next.length ? Math.min(Math.max(ON_ITS_WAY_MS, Math.min(...next)), 60_000) : false;
}

const ofDelivery = (webhookId: string, id: string) => ({
  params: { path: { webhook_id: webhookId, delivery_id: id } },
});

export const deliveryQuery = ({ webhook_id, id }: Delivery) =>
  queryOptions({
    queryKey: keys.delivery(webhook_id, id),
    queryFn: ({ signal }) =>
      answerOf(
        client.GET("/api/tenant/webhooks/{webhook_id}/deliveries/{delivery_id}", {
          ...ofDelivery(webhook_id, id),
          signal,
        }),
      ),
    staleTime: 0,
  });

export const deliverAgain = ({ webhook_id, id }: Delivery) =>
  answerOf(
    client.POST("/api/tenant/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", ofDelivery(webhook_id, id)),
  );
