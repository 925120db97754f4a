import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { BulkProgress } from "@/components/bulk/bulk-progress";
import { PageHead } from "@/components/page-head";
import { Time } from "@/components/time";
import { bulkQuery } from "@/lib/bulk-restarts";
import { actorName } from "@/lib/run-words";

/** One restart of many projects: how far it has come, and what became of each. */
export function BulkRestartPage() {
  const { bulkId } = useParams({ from: "/app/restarts/$bulkId" });
  const { data: bulk } = useQuery(bulkQuery(bulkId));
  return (
    <>
      <PageHead title="Restart of many projects">
        {bulk && (
          <p className="text-quiet">
            asked for by {actorName(bulk.requested_by)} <Time at={bulk.requested_at} />
            {bulk.note && <span className="italic"> “{bulk.note}”</span>}
          </p>
        )}
      </PageHead>
      <BulkProgress id={bulkId} isPage />
    </>
  );
}
