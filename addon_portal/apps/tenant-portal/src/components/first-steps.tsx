import { Link } from "@tanstack/react-router";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { useSession } from "@/hooks/use-session";
import { useSessionActs } from "@/hooks/use-session-acts";

/** The tenant that a new portal makes for its examples. */
const SAMPLES = "demo";

/** For a tenant without projects: the first step, by form or by command. */
export function FirstSteps() {
  const session = useSession();
  const { change, error } = useSessionActs();
  const samples = session?.tenants.find(({ id, name }) => name === SAMPLES && id !== session.tenant.id);
  return (
    <EmptyState title="There is no project yet.">
      <p>
        A project says what is to be run.{" "}
        <Link to="/projects/new" className="text-accent underline">
          Make one here
        </Link>
        , or from a terminal:
      </p>
      <pre className="my-2 whitespace-pre-wrap rounded-sm bg-sunken px-3 py-2 text-ink">
        addon-portal run --name hello -- sh -c 'echo hello'
      </pre>
      {samples && (
        <p>
          Programs that do real work lie in another tenant:{" "}
          <Button isBusy={change.isPending} onClick={() => change.mutate(samples.id)}>
            Go to the samples
          </Button>
        </p>
      )}
      {error && <ErrorNote error={error} />}
    </EmptyState>
  );
}
