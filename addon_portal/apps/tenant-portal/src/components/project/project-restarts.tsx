import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Section } from "@/components/section";
import { Time } from "@/components/time";
import { policyText } from "@/lib/policy-words";
import type { Project } from "@/lib/projects";
import { evidenceOf } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** What is done about runs that have ended, and how that stands now. */
export function ProjectRestarts({ project }: { project: Project }) {
  const { latest_run: run, scheduled_restart: next } = project;
  return (
    <Section
      title="Restarts"
      note={
        <Link
          to="/projects/$projectId/edit"
          params={{ projectId: project.id }}
          hash="restarts"
          className="text-accent hover:underline"
        >
          Change
        </Link>
      }
    >
      <div className="flex flex-col gap-1 pt-3">
        <p>{policyText(project.restart_policy)}</p>
        {next && (
          <p>
            The next one follows {next.due_at ? <Time at={next.due_at} /> : "as soon as the run has ended"}: {next.why}
          </p>
        )}
        {!next && run && isFinal(run.state) && !run.restarted_by && <GivenUp run={run} />}
      </div>
    </Section>
  );
}

/** The journal of the newest run says where the policy has given up, and why. */
function GivenUp({ run }: { run: Run }) {
  const { data: evidence } = useQuery(evidenceOf(run));
  const entry = evidence?.journal.findLast(({ kind }) => kind === "restart_given_up");
  if (!entry) return null;
  const why = typeof entry.detail.why === "string" ? `: ${entry.detail.why}.` : ".";
  return (
    <p className="text-amber">
      It has given up <Time at={entry.happened_at} />
      {why}
    </p>
  );
}
