/** Who gets into the tenant: keys for programs, people and the links that let them in. */
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { Role } from "@/lib/session";

export type ApiKey = Schemas["KeyBody"];
export type Person = Schemas["PersonBody"];

export const apiKeysQuery = queryOptions({
  queryKey: keys.apiKeys,
  queryFn: async ({ signal }): Promise<ApiKey[]> => (await answerOf(client.GET("/api/tenant/keys", { signal }))).items,
  // No event tells of them.
  staleTime: 0,
});

/** The text of the key is in this answer and nowhere else. */
export const makeApiKey = (body: { name: string; role: Role }) => answerOf(client.POST("/api/tenant/keys", { body }));

export async function revokeApiKey(id: string): Promise<void> {
  await answerOf(client.DELETE("/api/tenant/keys/{key_id}", { params: { path: { key_id: id } } }));
}

export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: async ({ signal }): Promise<Person[]> =>
    (await answerOf(client.GET("/api/tenant/sessions", { signal }))).items,
  staleTime: 0,
});

export const invite = (body: { name: string; role: Role; minutes: number }) =>
  answerOf(client.POST("/api/tenant/login-links", { body }));

export async function logSomebodyOut(id: string): Promise<void> {
  await answerOf(client.DELETE("/api/tenant/sessions/{session_id}", { params: { path: { session_id: id } } }));
}

export const logOthersOut = () => answerOf(client.DELETE("/api/tenant/sessions"));

/** A first request with a new key, to be tried in a terminal. */
export const curlLine = (key: string, origin: string) =>
  `curl -H 'Authorization: Bearer ${key}' ${origin}/api/tenant/projects`;
