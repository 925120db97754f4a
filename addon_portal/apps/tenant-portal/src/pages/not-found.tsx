import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/empty-state";
import { PageHead } from "@/components/page-head";
import { Shell } from "@/components/shell";
import { sessionQuery } from "@/lib/session";

/** An address of the page that leads nowhere: within the shell for whoever is logged in. */
export function NotFoundPage() {
  const { data: session, isPending } = useQuery(sessionQuery);
  if (isPending) return null;
  if (session) {
    return (
      <Shell>
        <NothingHere />
      </Shell>
    );
  }
  return (
    <main className="mx-auto max-w-320 px-4 pt-6">
      <NothingHere />
    </main>
  );
}

/** The same below a page of the shell. */
export function NothingHere() {
  return (
    <>
      <PageHead title="There is no such page." />
      <EmptyState title="The address leads nowhere.">
        Go to the{" "}
        <Link to="/status" className="text-accent underline">
          status
        </Link>
        .
      </EmptyState>
    </>
  );
}
