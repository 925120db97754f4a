import { useId } from "react";
import { Field, INPUT } from "@/components/field";

type Props = { value: string; onChange: (note: string) => void; hint?: string };

/** Why something is done, kept with the run. */
export function NoteField({ value, onChange, hint = "Why, for whoever reads the history." }: Props) {
  const id = useId();
  return (
    <div className="mt-4">
      <Field id={id} label="Note" hint={hint}>
        <input
          id={id}
          aria-describedby={`${id}-hint`}
          maxLength={2000}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={INPUT}
        />
      </Field>
    </div>
  );
}
