import { skipToken, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CommandLine } from "@/components/command-line";
import { RunLink } from "@/components/run/run-link";
import { keys } from "@/lib/keys";
import type { Evidence } from "@/lib/run-details";
import { actorName, type Run } from "@/lib/run-words";
import { bytesText } from "@/lib/sizes";

const TRIGGERS: Record<Run["trigger"], string> = {
  request: "asked for",
  schedule: "by its schedule",
  restart_policy: "by its restart policy",
};

/** Who asked for the run, and what it ran with. */
export function RunFacts({ run, evidence }: { run: Run; evidence: Evidence | undefined }) {
  const spec = evidence?.records["spec.json"];
  const argv = isObject(spec) && Array.isArray(spec.argv) ? spec.argv.map(String) : null;
  const parameters = Object.entries(run.parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const told = useQuery<number>({ queryKey: keys.logSize(run.run_id), queryFn: skipToken }).data ?? 0;
  const limits = Object.entries(evidence?.limits ?? {});
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1 pt-2">
      <Fact name="Requested">
        by {actorName(run.requested_by)}
        {run.trigger !== "request" && `, ${TRIGGERS[run.trigger]}`}
      </Fact>
      {run.note && <Fact name="Note">{run.note}</Fact>}
      {run.restart_of && (
        <Fact name="Restart of">
          <RunLink runId={run.restart_of} />
        </Fact>
      )}
      {run.restarted_by && (
        <Fact name="Restarted as">
          <RunLink runId={run.restarted_by} />
        </Fact>
      )}
      <Fact name="Definition">
        <Link to="/projects/$projectId" params={{ projectId: run.project_id }} className="underline">
          {run.project_name}
        </Link>
        , version {run.definition_version}
      </Fact>
      {argv && (
        <Fact name="Command">
          <CommandLine command={argv} />
        </Fact>
      )}
      {parameters.length > 0 && (
        <Fact name="Parameters">
          <code className="whitespace-pre-wrap">{parameters.join("\n")}</code>
        </Fact>
      )}
      {run.workspace && (
        <Fact name="Workspace">
          <Workspace run={run} path={run.workspace} />
        </Fact>
      )}
      <Fact name="Host">{run.host_name}</Fact>
      {limits.map(([name, limit]) => (
        <Fact key={name} name={`Limit, ${name.replace("_bytes", "")}`}>
          {name.endsWith("_bytes") ? bytesText(limit.wanted) : limit.wanted}
          {limit.enforced_by === "nothing" && " (not kept)"}
          {limit.note && <span className="block text-quiet text-small">{limit.note}</span>}
        </Fact>
      ))}
      {evidence && (
        <Fact name="Output">
          {bytesText(Math.max(told, evidence.output_bytes))}
          {evidence.output_dropped && <span className="block text-quiet text-small">{evidence.output_dropped}</span>}
        </Fact>
      )}
    </dl>
  );
}

/** Whose directory it is: each is made for one run, and may be kept by those that restart it. */
function Workspace({ run, path }: { run: Run; path: string }) {
  const owner = path.slice(path.lastIndexOf("/") + 1);
  if (!owner.startsWith("run_")) return <code>{path}</code>;
  return (
    <span title={path}>
      {owner === run.run_id ? (
        "its own, made for it"
      ) : (
        <>
          kept, made for <RunLink runId={owner} />
        </>
      )}
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet wrap-anywhere">{name}</dt>
      <dd className="min-w-0 wrap-anywhere [&_code]:text-small">{children}</dd>
    </>
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
