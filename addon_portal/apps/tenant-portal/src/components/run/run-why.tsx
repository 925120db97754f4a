import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "@/components/error-note";
import { LastSeen } from "@/components/run/last-seen";
import { RunEvidence } from "@/components/run/run-evidence";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { evidenceOf } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";

/** The facts behind what the portal says of a run. */
export function RunWhy({ run }: { run: Run }) {
  const { data: evidence, error, refetch } = useQuery(evidenceOf(run));
  return (
    <Section title="Why we say so">
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      <LastSeen run={run} />
      {evidence ? <RunEvidence evidence={evidence} /> : !error && <Skeleton rows={3} />}
    </Section>
  );
}
