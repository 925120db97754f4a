import { useQuery } from "@tanstack/react-query";
import { Choice } from "@/components/choice";
import { CommandLine } from "@/components/command-line";
import type { Project } from "@/lib/projects";
import { evidenceOf } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";

type Props = {
  run: Run;
  project: Project | undefined;
  value: "pinned" | "latest";
  onChange: (value: "pinned" | "latest") => void;
};

/** What ran, or what the project says now; both commands where they are not the same. */
export function RestartVersions({ run, project, value, onChange }: Props) {
  const { data: evidence } = useQuery(evidenceOf(run));
  const differ = project !== undefined && project.definition_version !== run.definition_version;
  const ran = argvOf(evidence?.records["spec.json"]);
  const now = project?.command;
  return (
    <Choice
      legend="What to run"
      value={value}
      onChange={onChange}
      options={[
        {
          value: "pinned",
          label: `What ran: version ${run.definition_version}`,
          hint: differ && ran ? <CommandLine command={ran} /> : "With its parameters and variables.",
        },
        {
          value: "latest",
          label: project ? `The newest: version ${project.definition_version}` : "The newest",
          hint: now ? <CommandLine command={now} /> : "The project's definition as it is now.",
          blocked: differ || !project ? null : "The same: the project has not changed since.",
        },
      ]}
    />
  );
}

function argvOf(spec: unknown): string[] | null {
  const argv = typeof spec === "object" && spec !== null && "argv" in spec ? spec.argv : null;
  return Array.isArray(argv) ? argv.map(String) : null;
}
