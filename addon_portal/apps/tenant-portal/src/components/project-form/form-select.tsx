import type { ReactNode } from "react";
import { Field, INPUT } from "@/components/field";
import { idOf } from "@/components/project-form/form-entry";
import type { FormState } from "@/hooks/use-project-form";
import type { FieldName, ProjectForm } from "@/lib/project-form";

type Props<Name extends FieldName> = {
  form: FormState;
  name: Name;
  label: string;
  options: Record<ProjectForm[Name] & string, string> | [ProjectForm[Name] & string, string][];
  hint?: ReactNode;
};

/** One field of the form that is one of a few. */
export function FormSelect<Name extends FieldName>({ form, name, label, options, hint }: Props<Name>) {
  const id = idOf(name);
  const entries = Array.isArray(options) ? options : (Object.entries(options) as [string, string][]);
  return (
    <Field id={id} label={label} hint={hint} error={form.errors[name]}>
      <select
        id={id}
        aria-describedby={`${id}-hint`}
        value={String(form.values[name])}
        onChange={(event) => form.set(name, event.target.value as ProjectForm[Name])}
        className={INPUT}
      >
        {entries.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}
