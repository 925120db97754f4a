import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { type ComponentProps, useId, useState } from "react";
import { Field, INPUT } from "@/components/field";
import { useSettled } from "@/hooks/use-settled";
import { problemOf } from "@/lib/api";
import { AND_MORE, foundProjects } from "@/lib/finding";
import { projectQuery } from "@/lib/projects";

/** The server is not asked for every letter. */
const PAUSE_MS = 120;
const LABEL = "Project";
const EVERY: Choice = { id: null, name: "Every project of the tenant" };

type Choice = { id: string | null; name: string };
type Props = { value: string | null; onChange: (projectId: string | null) => void };

/** Every project or one of them, which the portal looks for by a part of its name as one types. */
export function ProjectField({ value, onChange }: Props) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [picked, setPicked] = useState(EVERY);
  const stored = useStored(value === picked.id ? null : value);
  const { choices, says } = useChoices(typed.trim());
  const pick = (choice: Choice) => {
    setPicked(choice);
    onChange(choice.id);
  };
  return (
    <Field id={id} label={LABEL} hint="Of which project messages tell. Type a part of its name to find it.">
      <Combobox.Root
        items={choices}
        filter={null}
        autoHighlight
        value={value === picked.id ? picked : stored}
        isItemEqualToValue={(one, other) => one.id === other.id}
        itemToStringLabel={({ name }) => name}
        // Without a text nothing else is chosen yet: what was comes back when the field is left.
        onValueChange={(choice, change) => (choice ? pick(choice) : change.cancel())}
        open={isOpen}
        onOpenChange={setOpen}
        onInputValueChange={(text, { reason }) => {
          const isTyped = reason === "input-change";
          setTyped(isTyped ? text : "");
          // Also when all of it was taken away: then there is everything to choose from.
          if (isTyped) setOpen(true);
        }}
      >
        <Combobox.Input
          id={id}
          // While the list is open all beside it is hidden from screen readers, the label of the field too.
          aria-label={LABEL}
          aria-describedby={`${id}-hint`}
          spellCheck={false}
          onFocus={(event) => event.target.select()}
          onKeyDown={keepToTheList}
          className={INPUT}
        />
        <Combobox.Portal>
          <Combobox.Positioner sideOffset={4} className="z-60">
            <Combobox.Popup
              role="region"
              aria-label="Projects to choose from"
              className="max-h-(--available-height) w-(--anchor-width) overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-popup"
            >
              <Combobox.List>
                {(choice: Choice) => (
                  <Combobox.Item
                    key={choice.id}
                    value={choice}
                    className="cursor-default truncate rounded-sm px-2 py-1.5 data-highlighted:bg-hover data-selected:font-medium"
                  >
                    {choice.name}
                  </Combobox.Item>
                )}
              </Combobox.List>
              <Combobox.Status className="px-2 text-quiet text-small">
                {says && <p className="py-1.5">{says}</p>}
              </Combobox.Status>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
    </Field>
  );
}

/** What can be chosen for what was typed, and what is to be said of it. */
function useChoices(typed: string) {
  const search = useSettled(typed, PAUSE_MS);
  const { data, error, isFetching } = useQuery(foundProjects(search));
  const isReading = isFetching || search !== typed;
  // While the server is asked, those of its last answer that are called so too.
  const choices = [EVERY, ...(data?.items ?? [])].filter(({ name }) =>
    name.toLowerCase().includes(typed.toLowerCase()),
  );
  return { choices, says: saysOf(choices.length, !!data?.areMore, isReading, error) };
}

function saysOf(count: number, areMore: boolean, isReading: boolean, error: Error | null) {
  if (error) return `${problemOf(error).detail} Type on to ask again.`;
  if (isReading) return count ? null : "Looking for it…";
  if (!count) return "No project is called so.";
  return areMore ? AND_MORE : null;
}

/** The one that was chosen when the form was opened; its identifier until its name is known. */
function useStored(projectId: string | null): Choice {
  const { data: project } = useQuery({ ...projectQuery(projectId ?? ""), enabled: projectId !== null });
  return projectId === null ? EVERY : { id: projectId, name: project?.name ?? projectId };
}

/** Enter in the open list never sends the form, and Escape in the closed one belongs to the dialog around it. */
const keepToTheList: ComponentProps<typeof Combobox.Input>["onKeyDown"] = (event) => {
  const isOpen = event.currentTarget.getAttribute("aria-expanded") === "true";
  if (isOpen && event.key === "Enter") event.preventDefault();
  if (!isOpen && event.key === "Escape") event.preventBaseUIHandler();
};
