import type { ReactNode } from "react";
import { CELL, ProjectRow } from "@/components/projects/project-row";
import { useWideScreen } from "@/hooks/use-wide-screen";
import type { Project } from "@/lib/projects";

/** A column before all others, to choose rows by; `cell` must be the same function as long as nothing is chosen anew. */
export type MarkColumn = { head: ReactNode; cell: (project: Project) => ReactNode };

/** Projects, one a row, below a header that stays. */
export function ProjectTable({ projects, marks }: { projects: readonly Project[]; marks?: MarkColumn }) {
  const isWide = useWideScreen();
  return (
    <table className="mt-3 w-full">
      <thead className="z-10 sm:sticky sm:top-12 bg-ground text-left text-quiet text-small shadow-[0_1px_0_var(--line)]">
        <tr className="h-8">
          {marks && <th className={`${CELL} w-8`}>{marks.head}</th>}
          <Head className="w-full sm:w-2/5">Project</Head>
          {isWide && <Head className="w-2/5">Newest run</Head>}
          <Head className="text-right max-lg:hidden">Took</Head>
          <Head className="text-right">Started</Head>
          <Head className="text-right max-lg:hidden">Changed</Head>
          {isWide && (
            <Head className="w-28">
              <span className="sr-only">Actions</span>
            </Head>
          )}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {projects.map((project) => (
          <ProjectRow key={project.id} project={project} isWide={isWide} {...(marks && { mark: marks.cell })} />
        ))}
      </tbody>
    </table>
  );
}

function Head({ className, children }: { className: string; children: ReactNode }) {
  return (
    <th scope="col" className={`${CELL} whitespace-nowrap font-normal ${className}`}>
      {children}
    </th>
  );
}
