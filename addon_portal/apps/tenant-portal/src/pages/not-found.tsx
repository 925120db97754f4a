import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/empty-state";

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <EmptyState title="There is no such page.">
      Go to the{" "}
      <Link to="/status" className="text-accent underline">
        status
      </Link>
      .
    </EmptyState>
  );
}
