import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { RunLine } from "@/components/run-line";
import { Skeleton } from "@/components/skeleton";
import { StateShape, TONE_TEXT } from "@/components/state-shape";
import type { BulkItemList } from "@/hooks/use-bulk";
import type { BulkItem, BulkRestart } from "@/lib/bulk-restarts";
import { ITEMS, NEVER_ITS_TURN } from "@/lib/bulk-words";
import type { Run } from "@/lib/run-words";
import { runsQuery } from "@/lib/runs";

/** Each project in the order of the turns: the run that was made and how it stands now, or why there is none. */
export function BulkItems({ bulk, list }: { bulk: BulkRestart; list: BulkItemList }) {
  // All that was made began after it was asked for: one list of runs tells how they stand, and lives with the events.
  const made = useInfiniteQuery({ ...runsQuery({ since: bulk.requested_at }), enabled: bulk.started > 0 });
  const runs = new Map(made.data?.pages.flatMap((page) => page.items.map((run) => [run.run_id, run])));
  if (list.error && !list.data) return <ErrorNote error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton rows={4} />;
  return (
    <>
      <ul className="mt-3 max-h-[50vh] divide-y divide-line overflow-y-auto border-line border-y">
        {list.data.pages
          .flatMap((page) => page.items)
          .map((item) => (
            <Item
              key={item.project_id}
              item={item}
              run={runs.get(item.new_run_id ?? "")}
              isCutShort={bulk.state === "aborted"}
            />
          ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-2" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}

type ItemProps = { item: BulkItem; run: Run | undefined; isCutShort: boolean };

function Item({ item, run, isCutShort }: ItemProps) {
  const look = item.state === "waiting" && isCutShort ? NEVER_ITS_TURN : ITEMS[item.state];
  return (
    <li data-item={item.state} className="grid gap-x-3 py-1 sm:grid-cols-[12rem_1fr]">
      <Link
        to="/projects/$projectId"
        params={{ projectId: item.project_id }}
        className="truncate font-medium hover:underline"
      >
        {item.project_name}
      </Link>
      <span className="flex min-w-0 flex-wrap items-center gap-x-2">
        <span className={`inline-flex items-center gap-1.5 ${TONE_TEXT[look.tone]}`}>
          <StateShape shape={look.shape} />
          {look.word}
        </span>
        {item.why && <span className="text-quiet wrap-anywhere">{item.why}</span>}
        {item.new_run_id && (
          <Link to="/runs/$runId" params={{ runId: item.new_run_id }} className="text-accent underline">
            {run ? `as #${run.number}` : "its new run"}
          </Link>
        )}
        {run && <RunLine run={run} />}
      </span>
    </li>
  );
}
