import { RestartControl } from "@/components/restart-control";
import { RunControl } from "@/components/run-control";
import { StopControl } from "@/components/stop-control";
import type { Project } from "@/lib/projects";
import { isFinal } from "@/lib/states";

/** Run what has never run, restart what has ended, stop what has not. */
export function ProjectActions({ project }: { project: Project }) {
  const run = project.latest_run;
  if (!run) return <RunControl projectId={project.id} kind="primary" />;
  if (!isFinal(run.state)) return <StopControl run={run} />;
  // Another run is another decision.
  return (
    <>
      <RunControl projectId={project.id} />
      <RestartControl key={run.run_id} run={run} kind="primary" hotkey />
    </>
  );
}
