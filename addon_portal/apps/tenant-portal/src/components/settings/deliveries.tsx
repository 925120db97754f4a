import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { DeliveryRow } from "@/components/settings/delivery-row";
import { Skeleton } from "@/components/skeleton";
import { deliveriesQuery, type Webhook } from "@/lib/webhooks";

/** What was sent to a webhook or waits to be, newest first. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    deliveriesQuery(webhook.id),
  );
  const deliveries = data?.pages.flatMap((page) => page.items);
  return (
    <section aria-label={`Messages to ${webhook.name}`} className="mt-3">
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!deliveries && !error && <Skeleton rows={2} />}
      {deliveries?.length === 0 && (
        <EmptyState title="Nothing has been sent yet.">Send a test to see whether messages arrive.</EmptyState>
      )}
      <ul className="divide-y divide-line">
        {deliveries?.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} isOn={webhook.enabled} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="mt-3" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show earlier messages
        </Button>
      )}
    </section>
  );
}
