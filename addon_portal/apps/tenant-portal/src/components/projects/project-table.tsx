import type { ReactNode } from "react";
import { COLUMNS, ProjectRow } from "@/components/projects/project-row";
import { useTouchScreen, useWideScreen } from "@/hooks/use-media";
import type { Project } from "@/lib/projects";

/** A column before all others, to choose rows by; `cell` must be the same function as long as nothing is chosen anew. */
export type MarkColumn = { head: ReactNode; cell: (project: Project) => ReactNode };

/** Projects, one a row, below a header that stays. */
export function ProjectTable({ projects, marks }: { projects: readonly Project[]; marks: MarkColumn }) {
  const isWide = useWideScreen();
  const isTouched = useTouchScreen();
  return (
    <table className="-mx-2 mt-3 block">
      <thead className="z-10 block bg-ground text-left text-quiet text-small shadow-[0_1px_0_var(--line)] sm:sticky sm:top-12">
        <tr className={`h-8 ${COLUMNS}`}>
          <Head>{marks.head}</Head>
          <Head>Project</Head>
          {isWide && <Head>Newest run</Head>}
          <Head className="text-right max-lg:hidden">Took</Head>
          <Head className="text-right">Started</Head>
          <Head className="text-right max-lg:hidden">Changed</Head>
          {isWide && (
            <Head>
              <span className="sr-only">Actions</span>
            </Head>
          )}
        </tr>
      </thead>
      <tbody className="block divide-y divide-line">
        {projects.map((project) => (
          <ProjectRow key={project.id} project={project} isWide={isWide} isTouched={isTouched} mark={marks.cell} />
        ))}
      </tbody>
    </table>
  );
}

function Head({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <th scope="col" className={`whitespace-nowrap font-normal ${className ?? ""}`}>
      {children}
    </th>
  );
}
