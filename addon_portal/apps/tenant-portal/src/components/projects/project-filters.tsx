import { useId } from "react";
import { Chip } from "@/components/chip";
import { ProjectSearch } from "@/components/projects/project-search";
import {
  CHOICES,
  choicesOf,
  type ProjectSort,
  type ProjectsSearch,
  projectsSearch,
  SORTS,
  STATE_CHOICES,
  withChoice,
} from "@/lib/project-filter";
import type { Look } from "@/lib/states";

type Props = { search: ProjectsSearch; onChange: (next: ProjectsSearch) => void };

const ATTENTION: Look = { word: "Needs attention", shape: "triangle", tone: "amber" };

/** What is looked for: a name, states, attention; and the order. */
export function ProjectFilters({ search, onChange }: Props) {
  const id = useId();
  const change = (part: Record<string, unknown>) => onChange(projectsSearch({ ...search, ...part }));
  const chosen = choicesOf(search);
  return (
    <search className="mt-4 flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <ProjectSearch value={search.q ?? ""} onSearch={(q) => change({ q })} />
        <div className="flex items-center gap-2">
          <label htmlFor={id} className="text-quiet">
            By
          </label>
          <select
            id={id}
            value={search.sort ?? "created"}
            onChange={(event) => change({ sort: event.target.value })}
            className="h-8 rounded-sm border border-edge bg-ground px-2"
          >
            {(Object.keys(SORTS) as ProjectSort[]).map((sort) => (
              <option key={sort} value={sort}>
                {SORTS[sort]}
              </option>
            ))}
          </select>
        </div>
      </div>
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">Newest run</legend>
        <Chip
          look={ATTENTION}
          word={ATTENTION.word}
          isOn={!!search.attention}
          onClick={() => change({ attention: !search.attention })}
        />
        {STATE_CHOICES.map((choice) => (
          <Chip
            key={choice}
            look={CHOICES[choice].look}
            word={CHOICES[choice].word}
            isOn={chosen.includes(choice)}
            onClick={() => onChange(withChoice(search, choice))}
          />
        ))}
      </fieldset>
    </search>
  );
}
