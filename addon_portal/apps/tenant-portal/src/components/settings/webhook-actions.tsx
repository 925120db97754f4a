import { useState } from "react";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { ErrorNote } from "@/components/error-note";
import { EditWebhook } from "@/components/settings/edit-webhook";
import { SecretDialog } from "@/components/settings/secret-dialog";
import { ShownOnce } from "@/components/settings/shown-once";
import { useChange } from "@/hooks/use-change";
import { keys } from "@/lib/keys";
import { deleteWebhook, disableWebhook, enableWebhook, replaceSecret, sendTest, type Webhook } from "@/lib/webhooks";

type Props = { webhook: Webhook; onDeleted: () => void };

/** All that can be done with one webhook. What hurts asks first. */
export function WebhookActions({ webhook, onDeleted }: Props) {
  const [asked, setAsked] = useState<"edit" | "rotate" | "delete" | null>(null);
  const test = useChange<void, unknown>(() => sendTest(webhook.id), keys.deliveries(webhook.id));
  const turn = useChange<void, unknown>(
    () => (webhook.enabled ? disableWebhook(webhook.id) : enableWebhook(webhook.id)),
    keys.webhooks,
    keys.deliveries(webhook.id),
  );
  const close = () => setAsked(null);
  const off = webhook.enabled ? null : "Nothing is sent while it is off. Turn it on first.";
  const error = test.error ?? turn.error;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button blocked={off} isBusy={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <Button isBusy={turn.isPending} onClick={() => turn.mutate()}>
          {webhook.enabled ? "Turn off" : "Turn on"}
        </Button>
        <Button onClick={() => setAsked("edit")}>Edit…</Button>
        {webhook.channel === "webhook" && <Button onClick={() => setAsked("rotate")}>Replace the secret…</Button>}
        <Button kind="danger" onClick={() => setAsked("delete")}>
          Delete…
        </Button>
      </div>
      {error && (
        <div className="mt-2">
          <ErrorNote error={error} />
        </div>
      )}
      {asked === "edit" && <EditWebhook webhook={webhook} onClose={close} />}
      {asked === "rotate" && <Rotate webhook={webhook} onClose={close} />}
      {asked === "delete" && <Delete webhook={webhook} onDeleted={onDeleted} onClose={close} />}
    </>
  );
}

function Rotate({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const rotate = useChange<undefined, void>(
    async () => setSecret((await replaceSecret(webhook.id)).secret),
    keys.webhooks,
  );
  if (secret) {
    return (
      <SecretDialog title={`New secret of ${webhook.name}`} onClose={onClose}>
        <ShownOnce label="Secret" text={secret} />
      </SecretDialog>
    );
  }
  return (
    <Confirm
      title={`Replace the secret of ${webhook.name}?`}
      act="Replace it"
      keep="Keep it"
      change={{ ...rotate, mutate: () => rotate.mutate(undefined) }}
      onClose={onClose}
    >
      <p>For 24 hours messages are signed with the old secret and the new one, so that receivers can be changed.</p>
    </Confirm>
  );
}

function Delete({ webhook, onDeleted, onClose }: Props & { onClose: () => void }) {
  const remove = useChange<undefined, void>(() => deleteWebhook(webhook.id).then(onDeleted), keys.webhooks);
  return (
    <Confirm title={`Delete ${webhook.name}?`} act="Delete" keep="Keep it" change={remove} onClose={onClose}>
      <p>What waits to be sent to it and its log go with it. To keep them, turn it off instead.</p>
    </Confirm>
  );
}
