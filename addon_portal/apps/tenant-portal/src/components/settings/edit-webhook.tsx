import { useState } from "react";
import { FormDialog } from "@/components/settings/form-dialog";
import { WebhookFields, WISHED, type Wish, wishProblem } from "@/components/settings/webhook-fields";
import { useChange } from "@/hooks/use-change";
import { atFields } from "@/lib/field-problems";
import { keys } from "@/lib/keys";
import { CHANNELS } from "@/lib/webhook-words";
import { changeWebhook, type Webhook } from "@/lib/webhooks";

/** All of a webhook but its secret. Of an address that holds one, only the kind is shown. */
export function EditWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const isHidden = webhook.channel === "apprise";
  const [wish, setWish] = useState<Wish>({
    name: webhook.name,
    url: isHidden ? "" : webhook.url,
    projectId: webhook.project_id,
    events: webhook.events,
  });
  const change = useChange(
    (body: Parameters<typeof changeWebhook>[1]) => changeWebhook(webhook.id, body),
    keys.webhooks,
  );
  const { errors, rest } = atFields(change.error, WISHED);
  const go = () =>
    change.mutate(
      {
        name: wish.name.trim(),
        url: wish.url.trim() || null,
        project_id: wish.projectId,
        events: [...wish.events],
      },
      { onSuccess: onClose },
    );
  return (
    <FormDialog
      title={`Edit ${webhook.name}`}
      act="Save"
      blocked={wishProblem(wish, !isHidden)}
      isBusy={change.isPending}
      error={rest}
      onSubmit={go}
      onClose={onClose}
    >
      <WebhookFields
        errors={errors}
        value={wish}
        onChange={setWish}
        address={{
          label: "Address",
          hint: isHidden
            ? `Left empty it stays as it is: ${webhook.url}`
            : "What waits to be sent goes to the new one.",
          example: CHANNELS[webhook.channel].address,
        }}
      />
    </FormDialog>
  );
}
