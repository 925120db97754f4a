import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { PageHead } from "@/components/page-head";
import { RunRows } from "@/components/run-rows";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { statusQuery } from "@/lib/status";

/** What runs, what failed and why, what to do next. */
export function StatusPage() {
  const { data: status, error, refetch } = useQuery(statusQuery);
  return (
    <>
      <PageHead title="Status" />
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!status && !error && <Skeleton rows={8} />}
      {status && (
        <>
          <Section title="Needs attention">
            <RunRows runs={status.failed} empty={<EmptyState title="Nothing has failed." />} />
          </Section>
          <Section title="Running now">
            <RunRows runs={status.running} empty={<EmptyState title="Nothing is running." />} />
          </Section>
          <Section title="Waiting">
            <RunRows runs={status.waiting} empty={<EmptyState title="Nothing waits." />} />
          </Section>
        </>
      )}
    </>
  );
}
