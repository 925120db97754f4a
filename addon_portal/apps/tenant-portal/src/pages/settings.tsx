import { useNavigate, useSearch } from "@tanstack/react-router";
import { PageHead } from "@/components/page-head";
import { Section } from "@/components/section";
import { KeysSection } from "@/components/settings/keys-section";
import { PeopleSection } from "@/components/settings/people-section";
import { WebhooksSection } from "@/components/settings/webhooks-section";
import { TimeZoneField } from "@/components/time-zone-field";
import { useSession } from "@/hooks/use-session";
import { may } from "@/lib/session";
import type { SettingsSearch } from "@/lib/settings-search";

/** What the person chooses for this browser, and for admins of the tenant: who gets in, and who is told. */
export function SettingsPage() {
  const session = useSession();
  const search = useSearch({ from: "/app/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const show = (next: SettingsSearch) => void navigate({ search: next, replace: true, resetScroll: false });
  const { webhook, revoked } = search;
  return (
    <>
      <PageHead title="Settings" />
      {may(session, "admin") ? (
        <>
          <PeopleSection />
          <KeysSection
            showsRevoked={revoked ?? false}
            onShowRevoked={(shows) => show({ ...(webhook && { webhook }), ...(shows && { revoked: true }) })}
          />
          <WebhooksSection
            opened={webhook ?? null}
            onOpen={(opened) => show({ ...(revoked && { revoked }), ...(opened && { webhook: opened }) })}
          />
        </>
      ) : (
        <p className="mt-2 text-quiet">
          People, keys and webhooks of {session?.tenant.name} are managed by its admins; your role is {session?.role}.
        </p>
      )}
      <Section title="This browser">
        <TimeZoneField />
      </Section>
    </>
  );
}
