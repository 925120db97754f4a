import type { ReactNode } from "react";
import { Field, GROWS, INPUT, LINES, rowsOf, TEXTAREA } from "@/components/field";
import type { FormState } from "@/hooks/use-project-form";
import type { FieldName, ProjectForm } from "@/lib/project-form";

type TextName = { [Name in FieldName]: ProjectForm[Name] extends string ? Name : never }[FieldName];

export type EntryProps = {
  form: FormState;
  name: TextName;
  label: string;
  hint?: ReactNode;
  /** What is known to be wrong before it is stored. */
  problem?: string | undefined;
  placeholder?: string;
  /** What machines read: in their own typeface, without spelling marks. */
  isCode?: boolean;
  /** Of what may have lines, the least that are shown: an input would drop every newline, so it is none. */
  rows?: number;
};

/** Where an error of a field leads. */
export const idOf = (name: FieldName) => `project-${name}`;

/** One field of the form that is typed, with its error beside it. */
export function FormEntry({ form, name, label, hint, problem, placeholder, isCode, rows }: EntryProps) {
  const id = idOf(name);
  const error = form.errors[name] ?? problem;
  const common = {
    id,
    placeholder,
    "aria-describedby": `${id}-hint`,
    "aria-invalid": error ? true : undefined,
    autoComplete: "off",
    spellCheck: isCode ? false : undefined,
    value: form.values[name],
    onChange: (event: { target: { value: string } }) => form.set(name, event.target.value as ProjectForm[typeof name]),
  };
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      {rows ? (
        <textarea
          {...common}
          rows={rowsOf(form.values[name], rows)}
          className={`${GROWS} ${rows > 1 ? TEXTAREA : LINES}`}
        />
      ) : (
        <input {...common} className={`${INPUT} ${isCode ? "font-mono" : ""}`} />
      )}
    </Field>
  );
}
