import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { Button } from "@/components/button";
import { Deliveries } from "@/components/settings/deliveries";
import { LookLine } from "@/components/settings/look-line";
import { WebhookActions } from "@/components/settings/webhook-actions";
import { Time } from "@/components/time";
import { projectQuery } from "@/lib/projects";
import { actorName } from "@/lib/run-words";
import { standingOf, toldText } from "@/lib/webhook-words";
import type { Webhook } from "@/lib/webhooks";

type Props = { webhook: Webhook; isOpen: boolean; onOpen: (isOpen: boolean) => void };

/** One webhook: where to, of what, and whether it is on. Opened, all that can be done with it, and what was sent. */
export function WebhookRow({ webhook, isOpen, onOpen }: Props) {
  const part = useId();
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-x-3">
            <span className="font-medium wrap-anywhere">{webhook.name}</span>
            <LookLine look={standingOf(webhook)} />
          </p>
          <p className="text-quiet wrap-anywhere">
            <code>{webhook.url}</code> · told of {toldText(webhook)}
            {webhook.project_id && <OfProject projectId={webhook.project_id} />}
          </p>
        </div>
        <Button
          aria-expanded={isOpen}
          aria-controls={part}
          aria-label={`${isOpen ? "Close" : "Open"} ${webhook.name}`}
          onClick={() => onOpen(!isOpen)}
        >
          {isOpen ? "Close" : "Open"}
        </Button>
      </div>
      {isOpen && (
        <div id={part} className="mt-3 border-line border-l-2 pl-3">
          <WebhookActions webhook={webhook} onDeleted={() => onOpen(false)} />
          <p className="mt-2 text-quiet text-small">
            Made <Time at={webhook.created_at} /> by {actorName(webhook.created_by)}.
            {webhook.previous_secret_until && (
              <>
                {" "}
                Messages are signed with the secret before this one too, until{" "}
                <Time at={webhook.previous_secret_until} form="day" />.
              </>
            )}
          </p>
          <Deliveries webhook={webhook} />
        </div>
      )}
    </li>
  );
}

function OfProject({ projectId }: { projectId: string }) {
  const { data: project } = useQuery(projectQuery(projectId));
  return (
    <>
      {" "}
      in{" "}
      <Link to="/projects/$projectId" params={{ projectId }} className="text-accent underline">
        {project?.name ?? "one project"}
      </Link>
    </>
  );
}
