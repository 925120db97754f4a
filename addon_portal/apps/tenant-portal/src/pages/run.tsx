import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ErrorNote } from "@/components/error-note";
import { LogViewer } from "@/components/log-viewer/log-viewer";
import { RunCompare } from "@/components/run/run-compare";
import { RunFacts } from "@/components/run/run-facts";
import { RunFiles } from "@/components/run/run-files";
import { RunHead } from "@/components/run/run-head";
import { RunTimeline } from "@/components/run/run-timeline";
import { RunUsage } from "@/components/run/run-usage";
import { RunWhy } from "@/components/run/run-why";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { WhenSeen } from "@/components/when-seen";
import { evidenceOf } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";
import { runQuery } from "@/lib/runs";

/** One run: what became of it, why the portal says so, and all that it wrote. */
export function RunPage() {
  const { runId } = useParams({ from: "/app/runs/$runId" });
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  if (error && !run) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!run) return <Skeleton rows={8} />;
  return <OneRun key={runId} run={run} />;
}

function OneRun({ run }: { run: Run }) {
  const { at = null, compare = null } = useSearch({ from: "/app/runs/$runId" });
  const navigate = useNavigate({ from: "/runs/$runId" });
  const { data: evidence } = useQuery(evidenceOf(run));
  const set = (next: { at: number | null; compare: string | null }) => {
    const search = {
      ...(next.at !== null && { at: next.at }),
      ...(next.compare !== null && { compare: next.compare }),
    };
    void navigate({ search, replace: true, resetScroll: false });
  };
  return (
    <>
      <RunHead run={run} />
      <div className="mt-6 grid gap-x-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <LogViewer
          run={run}
          at={at}
          onChoose={(offset) => set({ at: offset, compare })}
          className="h-[80dvh] lg:h-[calc(100dvh-15rem)] lg:min-h-120"
        />
        <div className="lg:-mt-8">
          <Section title="What happened">
            <RunTimeline run={run} evidence={evidence} />
          </Section>
          <RunWhy run={run} />
          <Section title="What ran">
            <RunFacts run={run} evidence={evidence} />
          </Section>
        </div>
      </div>
      <Section title="Memory and processors">
        <WhenSeen rows={8}>
          <RunUsage run={run} />
        </WhenSeen>
      </Section>
      <Section title="Files that it made or changed">
        <WhenSeen rows={2}>
          <RunFiles run={run} />
        </WhenSeen>
      </Section>
      <Section title="Compared with another run">
        <WhenSeen rows={4}>
          <RunCompare run={run} other={compare} onOther={(runId) => set({ at, compare: runId })} />
        </WhenSeen>
      </Section>
    </>
  );
}
