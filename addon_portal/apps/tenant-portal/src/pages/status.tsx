import { useQuery } from "@tanstack/react-query";
import { BulkNews } from "@/components/bulk/bulk-news";
import { Counts } from "@/components/counts";
import { ErrorNote } from "@/components/error-note";
import { FirstSteps } from "@/components/first-steps";
import { LastDay } from "@/components/last-day";
import { PageHead } from "@/components/page-head";
import { Skeleton } from "@/components/skeleton";
import { StatusLists } from "@/components/status-lists";
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
          <BulkNews />
          <StatusLists status={status} />
          <LastDay />
        </>
      )}
    </>
  );
}
