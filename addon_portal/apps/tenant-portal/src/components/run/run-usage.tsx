import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { Skeleton } from "@/components/skeleton";
import { usageOf } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";
import { bytesText } from "@/lib/sizes";
import { durationText } from "@/lib/times";

const RunUsageChart = lazy(() => import("@/components/run/run-usage-chart"));

/** What the run has used over time. The charts are loaded when they are shown. */
export function RunUsage({ run }: { run: Run }) {
  const { data: usage, error, refetch } = useQuery(usageOf(run));
  if (error && !usage) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!usage) return <Skeleton rows={4} />;
  if (usage.points.length === 0) return <EmptyState title={usage.why_nothing ?? "There are no samples."} />;
  return (
    <>
      <p className="pt-2 text-quiet">
        {usage.peak_memory_bytes !== null && `At most ${bytesText(usage.peak_memory_bytes)} of memory. `}
        {usage.cpu_seconds !== null && `${durationText(usage.cpu_seconds * 1000)} of processor time. `}
        {usage.memory_from === "processes" &&
          "Memory is added up over its processes; what they share is counted in each."}
      </p>
      <Suspense fallback={<Skeleton rows={8} label="Loading charts" />}>
        <RunUsageChart points={usage.points} />
      </Suspense>
    </>
  );
}
