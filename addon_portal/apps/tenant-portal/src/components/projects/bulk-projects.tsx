import { useMemo } from "react";
import { BulkNews } from "@/components/bulk/bulk-news";
import { BulkButton, BulkRestart } from "@/components/bulk/bulk-restart";
import { SelectBox } from "@/components/bulk/select-box";
import { SelectionBar } from "@/components/bulk/selection-bar";
import { type MarkColumn, ProjectTable } from "@/components/projects/project-table";
import { type Selection, useSelection } from "@/hooks/use-selection";
import { useSession } from "@/hooks/use-session";
import { bulkFilterOf } from "@/lib/project-bulk";
import type { ProjectFilter } from "@/lib/project-filter";
import type { Project } from "@/lib/projects";
import { roleRefusal } from "@/lib/run-acts";

/** The table, of which rows can be selected and restarted together, or all that match where they have ended. */
export function BulkProjects({ projects, filter }: { projects: readonly Project[]; filter: ProjectFilter }) {
  const selection = useSelection();
  const marks = useMarks(projects, selection);
  const matching = bulkFilterOf(filter);
  const selected = projects.flatMap(({ id, latest_run: run }) =>
    run?.restartable && selection.ids.has(id) ? [run] : [],
  );
  return (
    <BulkRestart onDone={selection.clear}>
      {(ask) => (
        <>
          <BulkNews />
          {matching && (
            <div className="mt-3 flex justify-end">
              <BulkButton ask={ask} wish={{ filter: matching, seen: [] }} label="Restart all that match" />
            </div>
          )}
          <ProjectTable projects={projects} marks={marks} />
          <SelectionBar ask={ask} runs={selected} onClear={selection.clear} />
        </>
      )}
    </BulkRestart>
  );
}

function useMarks(projects: readonly Project[], { ids, choose, chooseAll }: Selection): MarkColumn {
  const mayRestart = !roleRefusal("restart", useSession());
  const cell = useMemo(
    () => (project: Project) =>
      mayRestart && project.latest_run?.restartable ? (
        <SelectBox
          label={`Select ${project.name}`}
          isOn={ids.has(project.id)}
          onChange={(isOn) => choose(project.id, isOn)}
        />
      ) : null,
    [ids, choose, mayRestart],
  );
  const restartable = projects.filter((project) => mayRestart && project.latest_run?.restartable).map(({ id }) => id);
  const chosen = restartable.filter((id) => ids.has(id));
  const head = restartable.length > 0 && (
    <SelectBox
      label="Select all that are shown and can be restarted"
      isOn={chosen.length === restartable.length}
      isPartly={chosen.length > 0}
      onChange={(isOn) => chooseAll(isOn ? restartable : [])}
    />
  );
  return { head, cell };
}
