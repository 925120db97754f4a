import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/components/button";
import { Duration } from "@/components/duration";
import { ErrorNote } from "@/components/error-note";
import { RunDurations } from "@/components/run-durations";
import { RunLine } from "@/components/run-line";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { Time } from "@/components/time";
import { actorName, type Run } from "@/lib/run-words";
import { projectRunsQuery } from "@/lib/runs";

/** All runs of a project, newest first, with their durations and outcomes as a chart above. */
export function RunHistory({ projectId }: { projectId: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    projectRunsQuery(projectId),
  );
  const runs = data?.pages.flatMap((page) => page.items);
  return (
    <Section title="Runs">
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!runs && !error && <Skeleton rows={6} />}
      {runs && runs.length > 1 && <RunDurations runs={runs} />}
      {!!runs?.length && (
        <ul className="divide-y divide-line">
          {runs.map((run) => (
            <HistoryRow key={run.run_id} run={run} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="mt-3" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show earlier runs
        </Button>
      )}
    </Section>
  );
}

function HistoryRow({ run }: { run: Run }) {
  return (
    <li className="relative grid grid-cols-[3rem_1fr_auto] items-center gap-x-3 py-2 hover:bg-hover sm:grid-cols-[4rem_1fr_9rem_7rem]">
      <Link
        to="/runs/$runId"
        params={{ runId: run.run_id }}
        className="font-medium tabular-nums after:absolute after:inset-0"
      >
        #{run.number}
      </Link>
      <span className="flex min-w-0 flex-wrap items-center gap-x-3">
        <RunLine run={run} />
        <Origin run={run} />
      </span>
      <span className="text-right">
        <Duration run={run} />
      </span>
      <span className="hidden text-right text-quiet sm:block">
        <Time at={run.started_at ?? run.requested_at} />
      </span>
    </li>
  );
}

const TRIGGERS: Record<Run["trigger"], string | null> = {
  request: null,
  schedule: "by its schedule",
  restart_policy: "by its restart policy",
};

function Origin({ run }: { run: Run }) {
  const by = TRIGGERS[run.trigger] ?? `by ${actorName(run.requested_by)}`;
  const what = run.restart_of ? "restarted" : "run";
  return (
    <span className="text-quiet">
      {what} {by}
      {run.note && <span className="italic"> “{run.note}”</span>}
    </span>
  );
}
