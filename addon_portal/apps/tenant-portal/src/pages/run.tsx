import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ErrorNote } from "@/components/error-note";
import { LogViewer } from "@/components/log-viewer/log-viewer";
import { PageHead } from "@/components/page-head";
import { RunLine } from "@/components/run-line";
import { Skeleton } from "@/components/skeleton";
import { runQuery } from "@/lib/runs";

/** One run: what became of it, and why the portal says so. */
export function RunPage() {
  const { runId } = useParams({ from: "/app/runs/$runId" });
  const { at } = useSearch({ from: "/app/runs/$runId" });
  const navigate = useNavigate({ from: "/runs/$runId" });
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!run) return <Skeleton rows={8} />;
  return (
    <>
      <PageHead title={`${run.project_name} #${run.number}`}>
        <RunLine run={run} />
        {run.message && <p className="mt-1">{run.message}</p>}
        {run.next_step && run.outcome !== "success" && <p>Try: {run.next_step}</p>}
      </PageHead>
      <LogViewer
        key={runId}
        run={run}
        at={at ?? null}
        onChoose={(offset) =>
          void navigate({ search: offset === null ? {} : { at: offset }, replace: true, resetScroll: false })
        }
        className="h-[75dvh]"
      />
    </>
  );
}
