import type { ReactNode } from "react";

export const INPUT = "h-8 w-full rounded-sm border border-edge bg-ground px-2 disabled:opacity-60";
export const TEXTAREA = "min-h-16 w-full rounded-sm border border-edge bg-ground px-2 py-1.5 font-mono";
/** As high as an input while it holds one line; `rowsOf` gives it the others. */
export const LINES =
  "block min-h-8 w-full resize-none rounded-sm border border-edge bg-ground px-2 py-1 font-mono disabled:opacity-60";

/** Together with `rowsOf`, which knows nothing of lines that wrap: as high as what is in it, where a browser can. */
export const GROWS = "field-sizing-content max-h-108";

const MOST_ROWS = 20;

/** What a textarea needs to show all of its lines, within reason. */
export const rowsOf = (text: string, least = 1) => Math.min(MOST_ROWS, Math.max(least, text.split("\n").length));

type Props = { id: string; label: string; hint?: ReactNode; error?: string | null | undefined; children: ReactNode };

/** A label, what is entered, what it means, and what is wrong with it. The input names `${id}-hint` as its description. */
export function Field({ id, label, hint, error, children }: Props) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children}
      <p id={`${id}-hint`} className={error ? "text-red text-small" : "text-quiet text-small"}>
        {error ?? hint}
      </p>
    </div>
  );
}
