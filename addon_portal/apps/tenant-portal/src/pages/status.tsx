import { useQuery } from "@tanstack/react-query";
import { Attention } from "@/components/attention";
import { Counts } from "@/components/counts";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { FirstSteps } from "@/components/first-steps";
import { LastDay } from "@/components/last-day";
import { PageHead } from "@/components/page-head";
import { RunRows } from "@/components/run-rows";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { StopControl } from "@/components/stop-control";
import { statusQuery } from "@/lib/status";

/** What runs, what failed and why, what to do next. */
export function StatusPage() {
  const { data: status, error, refetch } = useQuery(statusQuery);
  return (
    <>
      <PageHead title="Status">{status && <Counts status={status} />}</PageHead>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!status && !error && <Skeleton rows={8} />}
      {status?.projects === 0 && <FirstSteps />}
      {!!status?.projects && (
        <>
          <Attention status={status} />
          <div id="running" className="scroll-mt-16">
            <Section title="Running now">
              <RunRows
                runs={status.running}
                empty={<EmptyState title="Nothing is running." />}
                actions={(run) => <StopControl run={run} />}
              />
            </Section>
          </div>
          {!!status.waiting.length && (
            <div id="waiting" className="scroll-mt-16">
              <Section title="Waiting">
                <RunRows runs={status.waiting} empty={null} actions={(run) => <StopControl run={run} />} />
              </Section>
            </div>
          )}
          <LastDay />
        </>
      )}
    </>
  );
}
