import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { Button } from "@/components/button";
import { DeliveryDetail } from "@/components/settings/delivery-detail";
import { LookLine } from "@/components/settings/look-line";
import { Time } from "@/components/time";
import { deliveryLook, FACTS } from "@/lib/webhook-words";
import type { Delivery } from "@/lib/webhooks";

/** One message: of what it tells, and what became of it. */
export function DeliveryRow({ delivery, isOn }: { delivery: Delivery; isOn: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const part = useId();
  const { state, event, run_id, attempts, next_attempt_at, created_at } = delivery;
  const fact = FACTS[event].word;
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="min-w-36">
          <LookLine look={deliveryLook(delivery)} />
        </span>
        <span className="min-w-0 flex-1 basis-40">
          {fact}
          {run_id && (
            <>
              {" · "}
              <Link to="/runs/$runId" params={{ runId: run_id }} className="text-accent underline">
                its run
              </Link>
            </>
          )}
          <span className="text-quiet">
            {" · "}
            <Time at={created_at} />
            {attempts > 1 && ` · ${attempts} attempts`}
            {state === "pending" && attempts > 0 && next_attempt_at && (
              <>
                {" · tried again "}
                <Time at={next_attempt_at} form="day" />
              </>
            )}
            {state === "pending" && !isOn && " · waits until the webhook is on"}
          </span>
        </span>
        <Button
          kind="quiet"
          aria-expanded={isOpen}
          aria-controls={part}
          aria-label={`${isOpen ? "Hide" : "Show"} the message ${fact}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? "Hide" : "Show"}
        </Button>
      </div>
      {isOpen && (
        <div id={part}>
          <DeliveryDetail delivery={delivery} isOn={isOn} />
        </div>
      )}
    </li>
  );
}
