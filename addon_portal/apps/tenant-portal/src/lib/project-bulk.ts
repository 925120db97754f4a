/** A list of projects, as the filter of a restart of all of them. Pure. */
import type { BulkFilter } from "@/lib/bulk-restarts";
import type { ProjectFilter, Standing } from "@/lib/project-filter";
import type { RunState } from "@/lib/states";

const ENDED: Partial<Record<Standing, { state: RunState; outcome: "success" | "failure" | "unknown" | null }>> = {
  completed: { state: "completed", outcome: "success" },
  failed: { state: "failed", outcome: "failure" },
  unknown: { state: "failed", outcome: "unknown" },
  cancelled: { state: "cancelled", outcome: null },
};

/**
 * Those of the list that have ended, by the same conditions; null where no end was asked for, or where a restart cannot
 * be told the same: the outcome of stopped runs is none, so it cannot be named beside one.
 */
export function bulkFilterOf({ search, standings = [], attention }: ProjectFilter): BulkFilter | null {
  const ends = standings.flatMap((standing) => ENDED[standing] ?? []);
  if (!ends.length || attention) return null;
  const isSplit = standings.includes("failed") !== standings.includes("unknown");
  if (isSplit && standings.includes("cancelled")) return null;
  return {
    state: [...new Set(ends.map(({ state }) => state))],
    ...(isSplit && { outcome: ends.flatMap(({ outcome }) => outcome ?? []) }),
    ...(search && { search }),
  };
}
