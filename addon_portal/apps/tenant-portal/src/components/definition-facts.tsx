import { Link } from "@tanstack/react-router";
import { CommandLine } from "@/components/command-line";
import { Fact, Facts } from "@/components/facts";
import { HiddenValues } from "@/components/hidden-values";
import { Section } from "@/components/section";
import { Time } from "@/components/time";
import type { Project } from "@/lib/projects";
import { bytesText, countText } from "@/lib/sizes";
import { durationText } from "@/lib/times";

/** What a project runs, and under which terms. */
export function DefinitionFacts({ project }: { project: Project }) {
  const { limits, stop } = project;
  const held = [
    limits.memory_bytes && `memory ${bytesText(limits.memory_bytes)}`,
    limits.cpus && `${limits.cpus} processors`,
    limits.pids && `${limits.pids} processes`,
  ].filter(Boolean);
  const seconds = (value: number | null) => value && durationText(value * 1000);
  const note = (
    <>
      version {project.definition_version}, <Time at={project.updated_at} /> ·{" "}
      <Link to="/projects/$projectId/edit" params={{ projectId: project.id }} className="text-accent underline">
        Change
      </Link>
    </>
  );
  return (
    <Section title="What it runs" note={note}>
      <Facts>
        <Fact name="Command">{project.command && <CommandLine command={project.command} />}</Fact>
        <Fact name="Program">{project.program && <code>{project.program}</code>}</Fact>
        <Fact name="Parameters">{entriesOf(project.parameters)}</Fact>
        <Fact name="Variables">{Object.keys(project.env).length > 0 && <HiddenValues env={project.env} />}</Fact>
        <Fact name="Directory">{project.working_directory ?? "a workspace of the portal's"}</Fact>
        <Fact name="Code">{project.code && codeText(project.code)}</Fact>
        <Fact name="Limits">{held.join(", ")}</Fact>
        <Fact name="At most">{seconds(project.max_runtime_seconds)}</Fact>
        <Fact name="Silent after">
          {project.stall_seconds && `${seconds(project.stall_seconds)}, then ${ON_STALL[project.on_stall]}`}
        </Fact>
        <Fact name="Success check">
          {project.success_check && <code>{JSON.stringify(project.success_check)}</code>}
        </Fact>
        <Fact name="Stopped with">
          {stop.signal}, killed after {seconds(stop.grace_seconds) || "0 s"}
        </Fact>
        <Fact name="Output">{project.terminal && "a terminal"}</Fact>
      </Facts>
    </Section>
  );
}

const ON_STALL: Record<Project["on_stall"], string> = { warn: "a warning", stop: "stopped", restart: "restarted" };

function entriesOf(entries: Record<string, unknown>) {
  const lines = Object.entries(entries).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return lines.length ? <code className="whitespace-pre-wrap">{lines.join("\n")}</code> : null;
}

function codeText({ git, entries, bytes }: NonNullable<Project["code"]>) {
  const size = `${countText(entries, "entry", "entries")}, ${bytesText(bytes)}`;
  return git ? `${git.url} at ${git.ref} (${git.commit.slice(0, 10)}), ${size}` : `uploaded, ${size}`;
}
