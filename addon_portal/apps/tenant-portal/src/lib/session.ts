/** Who is logged in, and with which rights. The cookie is the server's business; the page keeps the CSRF token only. */
import { queryOptions } from "@tanstack/react-query";
import { ApiProblem, answerOf, client, keepCsrfToken, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import { shownTenant, showTenantOf, withShownTenant } from "@/lib/shown-tenant";

export type Role = Schemas["Role"];
export type Session = Schemas["SessionBody"];

const RANK: Record<Role, number> = { viewer: 0, member: 1, admin: 2, operator: 3 };

/** Each role includes those before it. */
export const mayAct = (session: Session | null | undefined) => may(session, "member");
export const may = (session: Session | null | undefined, role: Role) => !!session && RANK[session.role] >= RANK[role];

/** Null: nobody is logged in. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async () => {
    try {
      return withShownTenant(withToken(await answerOf(client.GET("/api/session"))));
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
  // Another tab may have moved the session meanwhile.
  refetchOnWindowFocus: "always",
});

/** With the secret of a log-in link, which lets in once. */
export async function logIn(token: string): Promise<Session> {
  return showTenantOf(withToken(await answerOf(client.POST("/api/session", { body: { token } }))));
}

export async function logOut(): Promise<void> {
  await answerOf(client.DELETE("/api/session"));
  keepCsrfToken(null);
}

/** An operator's session looks at one tenant at a time. The tab shows what it did, unless it is loaded anew. */
export async function switchTenant(tenant: string): Promise<void> {
  const session = withToken(await answerOf(client.POST("/api/session/tenant", { body: { tenant } })));
  if (session.tenant.id === shownTenant().tenant?.id) showTenantOf(session);
}

function withToken(session: Session): Session {
  keepCsrfToken(session.csrf_token);
  return session;
}
