import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { INPUT } from "@/components/field";
import { Skeleton } from "@/components/skeleton";
import { differenceText } from "@/lib/difference-words";
import { comparisonOf } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";
import { projectRunsQuery } from "@/lib/runs";
import { lookOf } from "@/lib/states";

type Props = { run: Run; other: string | null; onOther: (runId: string) => void };

/** What differs between this run and another of its project: by default the one it restarted, or the one before. */
export function RunCompare({ run, other, onOther }: Props) {
  const field = useId();
  const runs = useInfiniteQuery(projectRunsQuery(run.project_id));
  const others = runs.data?.pages.flatMap((page) => page.items).filter(({ run_id }) => run_id !== run.run_id) ?? [];
  const chosen = other ?? run.restart_of ?? others.find(({ number }) => number < run.number)?.run_id ?? null;
  if (runs.error && !runs.data) return <ErrorNote error={runs.error} retry={() => void runs.refetch()} />;
  if (!runs.data) return <Skeleton rows={2} />;
  if (others.length === 0) return <EmptyState title="It is the only run of its project." />;
  return (
    <>
      <div className="flex items-center gap-2 pt-2">
        <label htmlFor={field}>This run and</label>
        <select
          id={field}
          value={chosen ?? ""}
          onChange={(event) => onOther(event.target.value)}
          className={`${INPUT} max-w-72`}
        >
          {chosen === null && <option value="">choose a run</option>}
          {chosen !== null && !others.some(({ run_id }) => run_id === chosen) && (
            <option value={chosen}>an earlier run</option>
          )}
          {others.map((each) => (
            <option key={each.run_id} value={each.run_id}>
              #{each.number} {lookOf(each).word}
            </option>
          ))}
        </select>
      </div>
      {chosen && <Differences run={run} other={chosen} />}
    </>
  );
}

function Differences({ run, other }: { run: Run; other: string }) {
  const { data, error, refetch } = useQuery(comparisonOf(run, other));
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} />;
  if (data.differences.length === 0) return <EmptyState title="Nothing differs but when they ran." />;
  return (
    <div className="mt-2 overflow-x-auto">
      <table className="w-full">
        <thead className="text-left text-quiet text-small">
          <tr>
            <th className="py-1 pr-4 font-normal">What</th>
            <th className="py-1 pr-4 font-normal">#{data.left.number}</th>
            <th className="py-1 font-normal">#{data.right.number}, this run</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {data.differences.map(({ part, field, left, right }) => (
            <tr key={`${part} ${field}`} className="align-baseline">
              <td className="py-1 pr-4">
                {field.replaceAll("_", " ")} <span className="text-quiet text-small">{part}</span>
              </td>
              <td className="py-1 pr-4 font-mono text-small wrap-anywhere">{differenceText(field, left)}</td>
              <td className="py-1 font-mono text-small wrap-anywhere">{differenceText(field, right)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
