import { useId } from "react";
import { Field, TEXTAREA } from "@/components/field";
import type { Parameters } from "@/lib/parameters";

type Entered = { text: string; problem: string | null; onChange: (text: string) => void };
type Props = { parameters: Parameters; env: Entered; laid: Entered };

/** What a restart may differ in from what ran, for those who need it. */
export function RestartChanges({ parameters, env, laid }: Props) {
  return (
    <details className="mt-4">
      <summary className="cursor-pointer font-medium">Change variables or parameters</summary>
      <div className="mt-2 flex flex-col gap-3">
        <Entry label="Variables" hint="NAME=value, one a line; laid over those that ran." entered={env} />
        <Entry
          label="Parameters"
          hint="A JSON object; laid over those that ran, name by name."
          placeholder={JSON.stringify(parameters)}
          entered={laid}
        />
      </div>
    </details>
  );
}

type EntryProps = { label: string; hint: string; placeholder?: string; entered: Entered };

function Entry({ label, hint, placeholder, entered }: EntryProps) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={entered.problem}>
      <textarea
        id={id}
        aria-describedby={`${id}-hint`}
        spellCheck={false}
        placeholder={placeholder}
        value={entered.text}
        onChange={(event) => entered.onChange(event.target.value)}
        className={TEXTAREA}
      />
    </Field>
  );
}
