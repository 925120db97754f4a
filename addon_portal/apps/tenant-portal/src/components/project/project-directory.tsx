import { Link } from "@tanstack/react-router";
import { nameOf, stepsOf } from "@/lib/project-files";
import type { Project } from "@/lib/projects";

type Props = { project: Project; path: string; of: "workspace" | "code" | undefined };

/** The way to the directory that is shown, each step of it to be gone back to. */
export function ProjectDirectory({ project, path, of }: Props) {
  const params = { projectId: project.id };
  const run = project.latest_run;
  const root = of === "code" || !run ? "code" : `workspace of #${run.number}`;
  return (
    <nav aria-label="Directory" className="min-w-0 flex-1 basis-40 wrap-anywhere">
      {path ? (
        <Link
          to="/projects/$projectId"
          params={params}
          search={{}}
          resetScroll={false}
          className="text-accent underline"
        >
          {root}
        </Link>
      ) : (
        root
      )}
      {stepsOf(path).map((step) => (
        <span key={step} className="font-mono">
          {" / "}
          {step === path ? (
            nameOf(step)
          ) : (
            <Link
              to="/projects/$projectId"
              params={params}
              search={{ path: step }}
              resetScroll={false}
              className="text-accent underline"
            >
              {nameOf(step)}
            </Link>
          )}
        </span>
      ))}
    </nav>
  );
}
