import { Link } from "@tanstack/react-router";
import { ErrorNote } from "@/components/error-note";
import { ApiProblem } from "@/lib/api";

type Props = { error: unknown; isPending: boolean; tries: number };

/** What became of a request so far: refused and why, or still without an answer and asked again. */
export function RequestNote({ error, isPending, tries }: Props) {
  if (isPending && tries > 0) {
    return (
      <p role="status" className="text-amber">
        No answer yet; asking again (try {tries + 1}). However often it is asked, it is done once.
      </p>
    );
  }
  if (!error || isPending) return null;
  const follower = error instanceof ApiProblem ? error.problem.new_run_id : undefined;
  return (
    <ErrorNote error={error}>
      {typeof follower === "string" && (
        <Link to="/runs/$runId" params={{ runId: follower }} className="text-accent underline">
          Go to the run that followed it
        </Link>
      )}
    </ErrorNote>
  );
}
