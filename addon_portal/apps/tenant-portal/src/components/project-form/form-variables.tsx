import { Eye, EyeOff, X } from "lucide-react";
import { type ClipboardEvent, useRef, useState } from "react";
import { Button } from "@/components/button";
import { GROWS, INPUT, LINES, rowsOf } from "@/components/field";
import { idOf } from "@/components/project-form/form-entry";
import type { FormState } from "@/hooks/use-project-form";
import { parseEnvironment } from "@/lib/environment";
import type { Variable } from "@/lib/project-form";

/** Variables of the environment. Values are hidden while nobody wants to see them; pasted lines become rows. */
export function FormVariables({ form }: { form: FormState }) {
  const [isShown, setShown] = useState(false);
  const added = useRef<number | null>(null);
  const { variables } = form.values;
  const error = form.errors.variables;
  const show = (next: Variable[]) => form.set("variables", next);
  const change = (id: number, part: Partial<Variable>) =>
    show(variables.map((each) => (each.id === id ? { ...each, ...part } : each)));
  const add = (entries: [string, string][], instead?: number) => {
    const first = Math.max(-1, ...variables.map(({ id }) => id)) + 1;
    const rows = entries.map(([name, value], at) => ({ id: first + at, name, value }));
    show([...variables.filter(({ id }) => id !== instead), ...rows]);
    return first;
  };
  const paste = (event: ClipboardEvent, id: number) => {
    const { env, problem } = parseEnvironment(event.clipboardData.getData("text"));
    if (problem || !Object.keys(env).length) return;
    event.preventDefault();
    add(Object.entries(env), id);
  };
  return (
    <fieldset id={idOf("variables")} tabIndex={-1}>
      <legend className="font-medium">Variables</legend>
      <ul className="mt-1 flex flex-col gap-2">
        {variables.map(({ id, name, value }, at) => (
          <li key={id} className="flex items-start gap-2">
            <input
              ref={(field) => {
                if (added.current !== id) return;
                added.current = null;
                field?.focus();
              }}
              aria-label={`Name of variable ${at + 1}`}
              placeholder="NAME"
              value={name}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => change(id, { name: event.target.value })}
              onPaste={(event) => paste(event, id)}
              className={`${INPUT} min-w-0 flex-2 font-mono`}
            />
            <textarea
              aria-label={`Value of ${name || `variable ${at + 1}`}`}
              placeholder="value"
              value={value}
              rows={isShown ? rowsOf(value) : 1}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => change(id, { value: event.target.value })}
              className={`${LINES} min-w-0 flex-3 ${isShown ? GROWS : "overflow-hidden whitespace-pre [-webkit-text-security:disc]"}`}
            />
            <Button
              kind="quiet"
              className="px-2"
              aria-label={`Remove ${name || `variable ${at + 1}`}`}
              onClick={() => show(variables.filter((each) => each.id !== id))}
            >
              <X aria-hidden="true" className="size-4" />
            </Button>
          </li>
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button
          onClick={() => {
            added.current = add([["", ""]]);
          }}
        >
          Add a variable
        </Button>
        {variables.length > 0 && (
          <Button kind="quiet" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? <EyeOff aria-hidden="true" className="size-4" /> : <Eye aria-hidden="true" className="size-4" />}
            {isShown ? "Hide the values" : "Show the values"}
          </Button>
        )}
      </div>
      <p className={`mt-1 text-small ${error ? "text-red" : "text-quiet"}`}>
        {error ?? "For the program alone. Viewers see names only. Lines of NAME=value can be pasted into a name."}
      </p>
    </fieldset>
  );
}
