import { useState } from "react";
import { FormDialog } from "@/components/settings/form-dialog";
import { type NameAndRole, NameAndRoleFields } from "@/components/settings/name-and-role";
import { SecretDialog } from "@/components/settings/secret-dialog";
import { ShownOnce } from "@/components/settings/shown-once";
import { useChange } from "@/hooks/use-change";
import { curlLine, makeApiKey } from "@/lib/access";
import { keys } from "@/lib/keys";

/** A key for a program, from its name to its text, which is shown this once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState<NameAndRole>({ name: "", role: "member" });
  const make = useChange(makeApiKey, keys.apiKeys);
  if (make.data) {
    return (
      <SecretDialog title={`Key ${make.data.name}`} onClose={onClose}>
        <ShownOnce label="API key" text={make.data.api_key} />
        <ShownOnce label="Try it" text={curlLine(make.data.api_key, window.location.origin)} />
      </SecretDialog>
    );
  }
  return (
    <FormDialog
      title="New key"
      act="Make key"
      blocked={chosen.name.trim() ? null : "Give it a name first."}
      isBusy={make.isPending}
      error={make.error}
      onSubmit={() => make.mutate({ ...chosen, name: chosen.name.trim() })}
      onClose={onClose}
    >
      <NameAndRoleFields
        value={chosen}
        hint="What it is for: ci, laptop. The history shows it beside what it did."
        onChange={setChosen}
      />
    </FormDialog>
  );
}
