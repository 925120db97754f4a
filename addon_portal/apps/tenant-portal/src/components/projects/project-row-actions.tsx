import { RestartControl } from "@/components/restart-control";
import { RunControl } from "@/components/run-control";
import { StopControl } from "@/components/stop-control";
import type { Project } from "@/lib/projects";
import { isFinal } from "@/lib/states";

/** The one thing that is wanted of a project in a list: stop what is active, restart what ended, run what never ran. */
export function ProjectRowActions({ project }: { project: Project }) {
  const run = project.latest_run;
  if (run && !isFinal(run.state)) return <StopControl run={run} />;
  if (!run || (!run.restartable && !run.restarted_by)) return <RunControl projectId={project.id} />;
  return <RestartControl key={run.run_id} run={run} />;
}
