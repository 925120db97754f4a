import { useState } from "react";
import { Choice } from "@/components/choice";
import { FormDialog } from "@/components/settings/form-dialog";
import { type NameAndRole, NameAndRoleFields } from "@/components/settings/name-and-role";
import { SecretDialog } from "@/components/settings/secret-dialog";
import { ShownOnce } from "@/components/settings/shown-once";
import { Time } from "@/components/time";
import { useChange } from "@/hooks/use-change";
import { invite } from "@/lib/access";
import { keys } from "@/lib/keys";

const GOOD_FOR = [
  { value: "15", label: "15 minutes" },
  { value: "60", label: "An hour" },
  { value: "1440", label: "A day" },
];

/** A link that lets one person in, once. */
export function Invite({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState<NameAndRole>({ name: "", role: "member" });
  const [minutes, setMinutes] = useState("60");
  const make = useChange(invite, keys.people);
  if (make.data) {
    return (
      <SecretDialog title={`A link for ${make.data.name}`} onClose={onClose}>
        <ShownOnce label="Link" text={`${window.location.origin}${make.data.path}`} />
        <p className="mt-2 text-quiet">
          It lets in whoever opens it first, once, until <Time at={make.data.expires_at} form="day" />. Send it as you
          would a password.
        </p>
      </SecretDialog>
    );
  }
  return (
    <FormDialog
      title="Invite somebody"
      act="Make link"
      blocked={chosen.name.trim() ? null : "Say first who it is for."}
      isBusy={make.isPending}
      error={make.error}
      onSubmit={() => make.mutate({ ...chosen, name: chosen.name.trim(), minutes: Number(minutes) })}
      onClose={onClose}
    >
      <NameAndRoleFields value={chosen} hint="The history shows it beside what they did." onChange={setChosen} />
      <Choice legend="The link is good for" value={minutes} options={GOOD_FOR} onChange={setMinutes} />
    </FormDialog>
  );
}
