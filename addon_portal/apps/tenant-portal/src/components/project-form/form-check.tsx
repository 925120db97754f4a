import type { ReactNode } from "react";
import { idOf } from "@/components/project-form/form-entry";
import type { FormState } from "@/hooks/use-project-form";

type Props = {
  form: FormState;
  name: "terminal" | "afterUnknown" | "isScheduled";
  label: string;
  hint?: ReactNode;
};

/** One field of the form that is so or not. */
export function FormCheck({ form, name, label, hint }: Props) {
  return (
    <label className="flex items-start gap-2">
      <input
        id={idOf(name)}
        type="checkbox"
        checked={form.values[name]}
        onChange={(event) => form.set(name, event.target.checked)}
        className="mt-0.5 size-4 accent-accent"
      />
      <span>
        {label}
        {hint && <span className="block text-quiet text-small">{hint}</span>}
      </span>
    </label>
  );
}
