import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/empty-state";
import { PageHead } from "@/components/page-head";

/** An address of the page that leads nowhere. */
export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-320 px-4 pt-6">
      <PageHead title="There is no such page." />
      <EmptyState title="The address leads nowhere.">
        Go to the{" "}
        <Link to="/status" className="text-accent underline">
          status
        </Link>
        .
      </EmptyState>
    </main>
  );
}
