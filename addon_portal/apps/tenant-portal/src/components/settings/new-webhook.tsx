import { useState } from "react";
import { Choice } from "@/components/choice";
import { FormDialog } from "@/components/settings/form-dialog";
import { SecretDialog } from "@/components/settings/secret-dialog";
import { ShownOnce } from "@/components/settings/shown-once";
import { WebhookFields, WISHED, type Wish, wishProblem } from "@/components/settings/webhook-fields";
import { useChange } from "@/hooks/use-change";
import { atFields } from "@/lib/field-problems";
import { keys } from "@/lib/keys";
import { BY_DEFAULT, CHANNELS } from "@/lib/webhook-words";
import { makeWebhook, type Webhook } from "@/lib/webhooks";

type Channel = Webhook["channel"];

const NOTHING: Wish = { name: "", url: "", projectId: null, events: BY_DEFAULT };

/** Somebody more who is told. The secret that signs messages is shown this once. */
export function NewWebhook({ onMade, onClose }: { onMade: (webhookId: string) => void; onClose: () => void }) {
  const [channel, setChannel] = useState<Channel>("webhook");
  const [wish, setWish] = useState(NOTHING);
  const make = useChange(makeWebhook, keys.webhooks);
  const leave = (made: Webhook) => {
    onMade(made.id);
    onClose();
  };
  const { errors, rest } = atFields(make.error, WISHED);
  const go = () =>
    make.mutate(
      { name: wish.name.trim(), channel, url: wish.url.trim(), project_id: wish.projectId, events: [...wish.events] },
      { onSuccess: (made) => made.secret === null && leave(made) },
    );
  const made = make.data;
  if (made?.secret) {
    return (
      <SecretDialog title={`Webhook ${made.name}`} onClose={() => leave(made)}>
        <ShownOnce label="Secret" text={made.secret} />
        <p className="mt-2 text-quiet">
          Give it to the receiver: libraries of the Standard Webhooks specification check messages with it.
        </p>
      </SecretDialog>
    );
  }
  return (
    <FormDialog
      title="New webhook"
      act="Add webhook"
      blocked={wishProblem(wish, true)}
      isBusy={make.isPending}
      error={rest}
      onSubmit={go}
      onClose={onClose}
    >
      <Choice
        legend="How"
        value={channel}
        onChange={setChannel}
        options={(Object.keys(CHANNELS) as Channel[]).map((value) => ({
          value,
          label: CHANNELS[value].word,
          hint: CHANNELS[value].hint,
        }))}
      />
      <WebhookFields
        errors={errors}
        value={wish}
        onChange={setWish}
        address={{ label: "Address", hint: "Where messages go.", example: CHANNELS[channel].address }}
      />
    </FormDialog>
  );
}
