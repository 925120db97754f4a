import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, buttonLook } from "@/components/button";
import { PageHead } from "@/components/page-head";
import { ProjectFilters } from "@/components/projects/project-filters";
import { ProjectList } from "@/components/projects/project-list";
import { useSession } from "@/hooks/use-session";
import { filterOf, type ProjectsSearch } from "@/lib/project-filter";
import { roleRefusal } from "@/lib/run-acts";

/** All projects of the tenant, with how the newest run of each stands. What is looked for is in the address. */
export function ProjectsPage() {
  const search = useSearch({ from: "/app/projects" });
  const navigate = useNavigate({ from: "/projects" });
  const show = (next: ProjectsSearch) => void navigate({ search: next, replace: true, resetScroll: false });
  const { sort } = search;
  const refused = roleRefusal("make projects", useSession());
  return (
    <>
      <PageHead
        title="Projects"
        actions={
          refused ? (
            <Button kind="primary" blocked={refused}>
              New project
            </Button>
          ) : (
            <Link to="/projects/new" className={buttonLook("primary")}>
              New project
            </Link>
          )
        }
      />
      <ProjectFilters search={search} onChange={show} />
      <ProjectList filter={filterOf(search)} onClear={() => show(sort ? { sort } : {})} />
    </>
  );
}
