import { useId } from "react";
import { Field, INPUT } from "@/components/field";
import { ProjectField } from "@/components/settings/project-field";
import { FACTS, type Fact, WANTED } from "@/lib/webhook-words";

export type Wish = { name: string; url: string; projectId: string | null; events: readonly Fact[] };

/** What is typed, as the API calls it. */
export const WISHED = ["name", "url"] as const;

type Props = {
  errors: Partial<Record<(typeof WISHED)[number], string>>;
  value: Wish;
  address: { label: string; hint: string; example: string };
  onChange: (value: Wish) => void;
};

/** Where messages go, of which project, and of what. */
export function WebhookFields({ value, errors, address, onChange }: Props) {
  const id = useId();
  return (
    <div className="mt-4 flex flex-col gap-4">
      <Field id={`${id}-name`} label="Name" hint="One that no other webhook has: on call, chat." error={errors.name}>
        <input
          id={`${id}-name`}
          aria-describedby={`${id}-name-hint`}
          aria-invalid={errors.name ? true : undefined}
          maxLength={200}
          autoComplete="off"
          value={value.name}
          onChange={(event) => onChange({ ...value, name: event.target.value })}
          className={INPUT}
        />
      </Field>
      <Field id={`${id}-url`} label={address.label} hint={address.hint} error={errors.url}>
        <input
          id={`${id}-url`}
          aria-describedby={`${id}-url-hint`}
          aria-invalid={errors.url ? true : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={address.example}
          value={value.url}
          onChange={(event) => onChange({ ...value, url: event.target.value })}
          className={`${INPUT} font-mono`}
        />
      </Field>
      <ProjectField value={value.projectId} onChange={(projectId) => onChange({ ...value, projectId })} />
      <fieldset>
        <legend className="font-medium">Tell of</legend>
        {WANTED.map((fact) => (
          <label key={fact} className="mt-1 flex items-start gap-2">
            <input
              type="checkbox"
              checked={value.events.includes(fact)}
              onChange={({ target }) => onChange({ ...value, events: withFact(value.events, fact, target.checked) })}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span>
              {FACTS[fact].word}
              <span className="block text-quiet text-small">{FACTS[fact].when}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

const withFact = (events: readonly Fact[], fact: Fact, wanted: boolean) =>
  WANTED.filter((each) => (each === fact ? wanted : events.includes(each)));

/** What is wrong with a wish; null where it can be sent. */
export function wishProblem(wish: Wish, isAddressRequired: boolean): string | null {
  if (!wish.name.trim()) return "Give it a name first.";
  if (isAddressRequired && !wish.url.trim()) return "Say first where messages go.";
  return wish.events.length ? null : "Choose at least one thing to tell.";
}
