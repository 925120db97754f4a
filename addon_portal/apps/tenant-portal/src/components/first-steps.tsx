import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/empty-state";

/** For a tenant without projects: the first step, by form or by command. */
export function FirstSteps() {
  return (
    <EmptyState title="There is no project yet.">
      <p>
        A project says what is to be run.{" "}
        <Link to="/projects/new" className="text-accent underline">
          Make one here
        </Link>
        , or from a terminal:
      </p>
      <pre className="my-2 overflow-x-auto rounded-sm bg-sunken px-3 py-2 text-ink">
        addon-portal run --name hello -- sh -c 'echo hello'
      </pre>
    </EmptyState>
  );
}
