import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { Section } from "@/components/section";
import { NewWebhook } from "@/components/settings/new-webhook";
import { WebhookRow } from "@/components/settings/webhook-row";
import { Skeleton } from "@/components/skeleton";
import { webhooksQuery } from "@/lib/webhooks";

type Props = {
  /** The one whose log is open. */
  opened: string | null;
  onOpen: (webhookId: string | null) => void;
};

/** Who is told when runs fail, recover, or take too long. */
export function WebhooksSection({ opened, onOpen }: Props) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(webhooksQuery);
  const [isMaking, setMaking] = useState(false);
  const webhooks = data?.pages.flatMap((page) => page.items);
  return (
    <Section title="Webhooks" note="Who is told when runs fail, recover, or take too long">
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!webhooks && !error && <Skeleton rows={3} />}
      {webhooks?.length === 0 && (
        <EmptyState title="Nobody is told of anything.">
          Add an address, then send a test to it: a system of yours gets a signed POST, or people an e-mail or a message
          in a chat.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {webhooks?.map((webhook) => (
          <WebhookRow
            key={webhook.id}
            webhook={webhook}
            isOpen={webhook.id === opened}
            onOpen={(isOpen) => onOpen(isOpen ? webhook.id : null)}
          />
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-3">
        <Button onClick={() => setMaking(true)}>New webhook…</Button>
        {hasNextPage && (
          <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        )}
      </div>
      {isMaking && <NewWebhook onMade={onOpen} onClose={() => setMaking(false)} />}
    </Section>
  );
}
