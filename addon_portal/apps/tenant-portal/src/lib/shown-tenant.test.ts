import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Schemas } from "@/lib/api";

const DEMO = { id: "ten_demo", name: "demo" };
const DEFAULT = { id: "ten_default", name: "default" };
const at = (tenant: typeof DEMO) => ({ tenant, tenants: [DEMO, DEFAULT], csrf_token: "x" }) as Schemas["SessionBody"];
const signal = () => new AbortController().signal;

/** What is pinned stays for as long as the page is loaded. */
let page: typeof import("@/lib/shown-tenant");
beforeEach(async () => {
  vi.resetModules();
  page = await import("@/lib/shown-tenant");
});

describe("the tenant that a tab shows", () => {
  it("is none before the session is known", () => {
    expect(page.tenantHeader()).toEqual({});
  });

  it("is that of the first answer, whatever later ones say", () => {
    page.withShownTenant(at(DEMO));
    expect(page.withShownTenant(at(DEFAULT)).tenant).toEqual(DEMO);
    expect(page.tenantHeader()).toEqual({ "X-Portal-Tenant": "ten_demo" });
    expect(page.shownTenant()).toEqual({ tenant: DEMO, elsewhere: DEFAULT });
  });

  it("has its session back once an answer names it again", async () => {
    page.withShownTenant(at(DEMO));
    page.withShownTenant(at(DEFAULT));
    const back = page.untilBack(signal());
    page.withShownTenant(at(DEMO));
    await back;
    expect(page.shownTenant().elsewhere).toBeNull();
  });

  it("is another one only after a log-in", () => {
    page.withShownTenant(at(DEMO));
    page.showTenantOf(at(DEFAULT));
    expect(page.shownTenant()).toEqual({ tenant: DEFAULT, elsewhere: null });
  });

  it("follows a new name of the same tenant", () => {
    page.withShownTenant(at(DEMO));
    expect(page.withShownTenant(at({ ...DEMO, name: "trial" })).tenant.name).toBe("trial");
    expect(page.shownTenant()).toEqual({ tenant: { ...DEMO, name: "trial" }, elsewhere: null });
  });
});

describe("a refusal", () => {
  it("says where the session looks, if it is for that", () => {
    page.withShownTenant(at(DEMO));
    expect(page.noteRefusal({ code: "name_taken", tenant_id: "ten_default" })).toBe(false);
    expect(page.shownTenant().elsewhere).toBeNull();
    expect(page.noteRefusal({ code: "tenant_changed", tenant_id: "ten_default", tenant_name: "default" })).toBe(true);
    expect(page.shownTenant()).toEqual({ tenant: DEMO, elsewhere: DEFAULT });
  });

  it("is waited out no longer than somebody waits", async () => {
    page.withShownTenant(at(DEMO));
    page.withShownTenant(at(DEFAULT));
    const leaving = new AbortController();
    const back = page.untilBack(leaving.signal);
    leaving.abort();
    await back;
  });
});
