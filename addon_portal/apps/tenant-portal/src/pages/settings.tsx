import { PageHead } from "@/components/page-head";
import { Section } from "@/components/section";
import { TimeZoneField } from "@/components/time-zone-field";

/** What the person chooses for this browser. */
export function SettingsPage() {
  return (
    <>
      <PageHead title="Settings" />
      <Section title="This browser">
        <TimeZoneField />
      </Section>
    </>
  );
}
