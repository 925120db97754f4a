import { useId } from "react";
import { Choice } from "@/components/choice";
import { Field, INPUT } from "@/components/field";
import { useSession } from "@/hooks/use-session";
import { ROLE_WORDS, rolesToGive } from "@/lib/roles";
import type { Role } from "@/lib/session";

export type NameAndRole = { name: string; role: Role };

type Props = { value: NameAndRole; hint: string; onChange: (value: NameAndRole) => void };

/** Whom something is for, and what they may do: at most what the person may who gives it. */
export function NameAndRoleFields({ value, hint, onChange }: Props) {
  const id = useId();
  const own = useSession()?.role ?? "viewer";
  return (
    <>
      <div className="mt-4">
        <Field id={id} label="Name" hint={hint}>
          <input
            id={id}
            aria-describedby={`${id}-hint`}
            required
            maxLength={200}
            autoComplete="off"
            value={value.name}
            onChange={(event) => onChange({ ...value, name: event.target.value })}
            className={INPUT}
          />
        </Field>
      </div>
      <Choice
        legend="Role"
        value={value.role}
        onChange={(role) => onChange({ ...value, role })}
        options={rolesToGive(own).map((role) => ({
          value: role,
          label: ROLE_WORDS[role].word,
          hint: ROLE_WORDS[role].may,
        }))}
      />
    </>
  );
}
