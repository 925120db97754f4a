import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Tone } from "@/lib/states";

const GROUND: Record<Tone, string> = {
  neutral: "bg-edge",
  blue: "bg-blue",
  amber: "bg-amber",
  green: "bg-green",
  red: "bg-red",
  grey: "bg-quiet",
};

export type Column = {
  key: string;
  hint: string;
  parts: { tone: Tone; value: number }[];
  /** Where it leads, or what it chooses; for a picture alone neither. */
  runId?: string;
  choose?: (() => void) | undefined;
  isChosen?: boolean;
};

type Props = { columns: Column[]; top: string; isFilling?: boolean; label?: string };

/**
 * Columns of parts, oldest first, as high as the highest of them; `hint` is for whoever points at a column. A picture of
 * what stands in words or rows beside it, so without a label it is hidden from those who do not see it. Columns that
 * lead to runs are no stops of the keyboard: the rows beside are. Those that choose something are buttons.
 */
export function Bars({ columns, top, isFilling = false, label }: Props) {
  const total = (column: Column) => column.parts.reduce((sum, part) => sum + part.value, 0);
  const highest = Math.max(...columns.map(total), Number.MIN_VALUE);
  return (
    <div
      {...(label ? { role: "group", "aria-label": label } : { "aria-hidden": true })}
      className="mt-3 flex h-24 items-stretch gap-2"
    >
      <span className="w-14 shrink-0 text-right text-quiet text-small tabular-nums">{top}</span>
      <div className="flex min-w-0 flex-1 gap-px overflow-hidden border-line border-t border-b border-dashed border-b-line">
        {columns.map((column) => (
          <Place
            key={column.key}
            column={column}
            className={`flex flex-col justify-end hover:bg-hover ${isFilling ? "flex-1" : "w-3 shrink-0"}`}
          >
            {column.parts.map(
              ({ tone, value }) =>
                value > 0 && (
                  <div
                    key={tone}
                    className={`mx-px min-h-0.5 ${GROUND[tone]}`}
                    style={{ height: `${(100 * value) / highest}%` }}
                  />
                ),
            )}
          </Place>
        ))}
      </div>
    </div>
  );
}

function Place({ column, className, children }: { column: Column; className: string; children: ReactNode }) {
  const { hint, runId, choose, isChosen = false } = column;
  if (choose) {
    const mark = isChosen ? "bg-hover outline-1 outline-accent -outline-offset-1" : "";
    return (
      <button
        type="button"
        title={hint}
        aria-label={hint}
        aria-pressed={isChosen}
        onClick={choose}
        className={`${className} ${mark}`}
      >
        {children}
      </button>
    );
  }
  if (!runId) {
    return (
      <div title={hint} className={className}>
        {children}
      </div>
    );
  }
  return (
    <Link to="/runs/$runId" params={{ runId }} tabIndex={-1} title={hint} aria-label={hint} className={className}>
      {children}
    </Link>
  );
}
