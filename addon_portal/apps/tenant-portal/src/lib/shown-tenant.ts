/**
 * Which tenant this tab shows, and where its session looks by now: all tabs of a browser have one session, and an
 * operator can move it in any of them. Promises that the tab stays with the tenant that it was loaded with, in what it
 * shows and in what it asks for, until it is loaded anew or somebody logs in; and that it is known when the session has
 * left it. What to do then is the person's choice (`elsewhere-note.tsx`).
 */
import { useSyncExternalStore } from "react";
import type { components } from "@/lib/schema.gen";

type Session = components["schemas"]["SessionBody"];
type Tenant = Session["tenant"];
/** `elsewhere` is the tenant that the session looks at, where that is not the one shown. */
export type Shown = { readonly tenant: Tenant | null; readonly elsewhere: Tenant | null };

let shown: Shown = { tenant: null, elsewhere: null };
const listeners = new Set<() => void>();

/** On every request: the portal refuses what was meant for another tenant than the session's. */
export const tenantHeader = (): Record<string, string> => (shown.tenant ? { "X-Portal-Tenant": shown.tenant.id } : {});

/** From a log-in on the tab shows what the new session looks at. */
export function showTenantOf(session: Session): Session {
  change({ tenant: session.tenant, elsewhere: null });
  return session;
}

/** A session as this tab may show it: with the tenant that it shows, wherever the session looks. */
export function withShownTenant(session: Session): Session {
  if (!shown.tenant || shown.tenant.id === session.tenant.id) return showTenantOf(session);
  noteElsewhere(session.tenant);
  return { ...session, tenant: shown.tenant };
}

export function noteElsewhere({ id, name }: Tenant) {
  change({ tenant: shown.tenant, elsewhere: { id, name } });
}

/** As `noteElsewhere`, of a refusal, if it is for this reason. */
export function noteRefusal(problem: { code?: unknown; tenant_id?: unknown; tenant_name?: unknown }): boolean {
  if (problem.code !== "tenant_changed") return false;
  noteElsewhere({ id: String(problem.tenant_id), name: String(problem.tenant_name) });
  return true;
}

/** Until the session looks at the shown tenant again. */
export function untilBack(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (shown.elsewhere && !signal.aborted) return;
      unsubscribe();
      signal.removeEventListener("abort", look);
      resolve();
    };
    const unsubscribe = subscribe(look);
    signal.addEventListener("abort", look);
    look();
  });
}

export const shownTenant = () => shown;

export function useShownTenant(): Shown {
  return useSyncExternalStore(subscribe, shownTenant);
}

function change(next: Shown) {
  if (isSame(next.tenant, shown.tenant) && isSame(next.elsewhere, shown.elsewhere)) return;
  shown = next;
  for (const listener of [...listeners]) listener();
}

const isSame = (one: Tenant | null, other: Tenant | null) => one?.id === other?.id && one?.name === other?.name;

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
