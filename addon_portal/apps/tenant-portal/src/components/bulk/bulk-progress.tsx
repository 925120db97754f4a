import { Link } from "@tanstack/react-router";
import { BulkItems } from "@/components/bulk/bulk-items";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { Skeleton } from "@/components/skeleton";
import { useBulkAbort, useBulkProgress } from "@/hooks/use-bulk";
import { useSession } from "@/hooks/use-session";
import { bulkText } from "@/lib/bulk-words";
import { roleRefusal } from "@/lib/run-acts";
import { actorName } from "@/lib/run-words";

/** How far a restart of many projects has come, what became of each, and the way to have it end. */
export function BulkProgress({ id, isPage = false }: { id: string; isPage?: boolean }) {
  const { bulk, list, error, refetch } = useBulkProgress(id);
  const abort = useBulkAbort(id);
  const session = useSession();
  if (!bulk) return error ? <ErrorNote error={error} retry={() => void refetch()} /> : <Skeleton rows={6} />;
  const share = bulk.total ? bulk.done / bulk.total : 1;
  return (
    <div className="mt-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p role="status" className="flex-1 font-medium">
          {bulkText(bulk)}
          {bulk.aborted_by && <span className="font-normal text-quiet"> By {actorName(bulk.aborted_by)}.</span>}
        </p>
        {bulk.state === "working" && (
          <Button
            kind="danger"
            isBusy={abort.isPending}
            blocked={roleRefusal("abort", session)}
            onClick={() => abort.mutate()}
          >
            Abort
          </Button>
        )}
      </div>
      <div className="mt-2 h-1.5 overflow-hidden rounded-sm bg-hover">
        <progress
          className="sr-only"
          max={bulk.total || 1}
          value={bulk.done}
          aria-label="Projects that had their turn"
        />
        <div className="h-full bg-accent" style={{ width: `${100 * share}%` }} />
      </div>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {abort.error && <ErrorNote error={abort.error} />}
      <BulkItems bulk={bulk} list={list} />
      {!isPage && (
        <p className="mt-3 text-quiet">
          {bulk.state === "working" && "It goes on when this is closed. "}
          <Link to="/restarts/$bulkId" params={{ bulkId: id }} className="text-accent underline">
            Its own page
          </Link>{" "}
          says what became of each.
        </p>
      )}
    </div>
  );
}
