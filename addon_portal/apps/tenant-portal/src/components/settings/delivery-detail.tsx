import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { Skeleton } from "@/components/skeleton";
import { Time } from "@/components/time";
import { useChange } from "@/hooks/use-change";
import type { Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import { durationText } from "@/lib/times";
import { type Delivery, deliverAgain, deliveryQuery } from "@/lib/webhooks";

/** What was sent, what was answered at each attempt, and sending it again. */
export function DeliveryDetail({ delivery, isOn }: { delivery: Delivery; isOn: boolean }) {
  const { data: detail, error, refetch } = useQuery(deliveryQuery(delivery));
  const again = useChange<void, unknown>(() => deliverAgain(delivery), keys.deliveries(delivery.webhook_id));
  if (error && !detail) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!detail) return <Skeleton rows={3} />;
  return (
    <div className="flex flex-col gap-2 pt-2 pb-3">
      {detail.log.length === 0 && <p className="text-quiet">There was no attempt yet.</p>}
      <ol className="flex flex-col gap-1">
        {detail.log.map((attempt) => (
          <Attempt key={`${attempt.number} ${attempt.started_at}`} attempt={attempt} />
        ))}
      </ol>
      <pre className="max-h-72 overflow-auto rounded-sm bg-sunken px-3 py-2 whitespace-pre-wrap wrap-anywhere">
        {JSON.stringify(detail.payload, null, 2)}
      </pre>
      {again.error && <ErrorNote error={again.error} />}
      <div>
        <Button
          blocked={isOn ? null : "Nothing is sent while the webhook is off."}
          isBusy={again.isPending}
          onClick={() => again.mutate()}
        >
          Deliver again
        </Button>
        <span className="ml-3 text-quiet text-small">The same message, under its own identifier {delivery.id}.</span>
      </div>
    </div>
  );
}

function Attempt({ attempt }: { attempt: Schemas["AttemptBody"] }) {
  const { number, started_at, seconds, status, error, response } = attempt;
  return (
    <li>
      <span className="tabular-nums">{number}.</span> <Time at={started_at} form="day" />:{" "}
      {error ?? `arrived${status === null ? "" : `, answered ${status}`}`}
      <span className="text-quiet">, after {durationText(seconds * 1000)}</span>
      {response && <pre className="mt-1 whitespace-pre-wrap text-quiet wrap-anywhere">{response}</pre>}
    </li>
  );
}
