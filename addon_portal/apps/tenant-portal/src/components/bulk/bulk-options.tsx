import { Choice } from "@/components/choice";
import { NoteField } from "@/components/note-field";
import type { BulkChoices, BulkPreview } from "@/lib/bulk-restarts";
import { countText } from "@/lib/sizes";

type Props = {
  choices: BulkChoices;
  preview: BulkPreview | undefined;
  onChange: (choices: BulkChoices) => void;
};

/** How all of them are restarted; for one by one there is the page of each. */
export function BulkOptions({ choices, preview, onChange }: Props) {
  const unconfirmed = preview?.would_skip.confirmation_required ?? 0;
  return (
    <>
      {(unconfirmed > 0 || choices.confirm) && (
        <label className="mt-4 flex items-start gap-2">
          <input
            type="checkbox"
            checked={choices.confirm}
            onChange={(event) => onChange({ ...choices, confirm: event.target.checked })}
            className="mt-0.5 size-4 accent-accent"
          />
          <span>
            {unconfirmed > 0
              ? `I have looked: restart the ${countText(unconfirmed, "run")} too of which the end is not proven.`
              : "I have looked: restart those too of which the end is not proven."}
            <span className="block text-quiet text-small">Something that they started may still be alive.</span>
          </span>
        </label>
      )}
      <details className="mt-4">
        <summary className="cursor-pointer font-medium">Change how they are restarted</summary>
        <Choice
          legend="Definition"
          value={choices.definition}
          onChange={(definition) => onChange({ ...choices, definition })}
          options={[
            { value: "pinned", label: "What ran", hint: "With the parameters and variables that it ran with." },
            { value: "latest", label: "The newest of each project" },
          ]}
        />
        <Choice
          legend="Directory"
          value={choices.workspace}
          onChange={(workspace) => onChange({ ...choices, workspace })}
          options={[
            { value: "keep", label: "Keep what is there", hint: "Programs can go on at their own checkpoints." },
            { value: "clean", label: "Begin in new ones", hint: "The old ones are kept." },
          ]}
        />
      </details>
      <NoteField
        value={choices.note}
        onChange={(note) => onChange({ ...choices, note })}
        hint="Why, for whoever reads their histories."
      />
    </>
  );
}
