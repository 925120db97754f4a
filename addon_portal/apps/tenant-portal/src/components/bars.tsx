import type { Tone } from "@/lib/states";

const GROUND: Record<Tone, string> = {
  neutral: "bg-edge",
  blue: "bg-blue",
  amber: "bg-amber",
  green: "bg-green",
  red: "bg-red",
  grey: "bg-quiet",
};

export type Column = { key: string; hint: string; parts: { tone: Tone; value: number }[] };

/**
 * Columns of parts, oldest first, as high as the highest of them. A picture of what stands in words or rows beside it,
 * so it is hidden from those who do not see it; `hint` is for whoever points at a column.
 */
export function Bars({ columns, top, isFilling = false }: { columns: Column[]; top: string; isFilling?: boolean }) {
  const total = (column: Column) => column.parts.reduce((sum, part) => sum + part.value, 0);
  const highest = Math.max(...columns.map(total), Number.MIN_VALUE);
  return (
    <div aria-hidden="true" className="mt-3 flex h-24 items-stretch gap-2">
      <span className="w-14 shrink-0 text-right text-quiet text-small tabular-nums">{top}</span>
      <div className="flex min-w-0 flex-1 gap-px overflow-hidden border-line border-t border-b border-dashed border-b-line">
        {columns.map((column) => (
          <div
            key={column.key}
            title={column.hint}
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
          </div>
        ))}
      </div>
    </div>
  );
}
