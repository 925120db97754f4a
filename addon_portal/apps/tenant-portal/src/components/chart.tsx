import type { ReactNode } from "react";
import { CartesianGrid, ComposedChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { timeAxis } from "@/lib/usage-points";

const AXIS = { fontSize: 12, fill: "var(--quiet)" };
const HEIGHT_PIXELS = 160;
const POPUP = { background: "var(--raised)", border: "1px solid var(--line)", borderRadius: 4, fontSize: 12 };

type Props = {
  title: string;
  /** What it shows, for those who do not see it. */
  said: string;
  points: readonly { at: number }[];
  from: number;
  to: number;
  /** Of the amounts; the last is as high as the frame is at least. */
  ticks: number[];
  format: (amount: number) => string;
  clock: (at: number) => string;
  /** The same with the day, for more than one of them. */
  day: (at: number) => string;
  /** The heading of what pops up over a moment. */
  momentText: (at: number) => string;
  /** How an amount is called there, where its mark has no name. */
  name?: string;
  children: ReactNode;
};

/** Amounts over time: the frame, the axes and what pops up, around marks of Recharts. */
export function Chart({
  title,
  said,
  points,
  from,
  to,
  ticks,
  format,
  clock,
  day,
  momentText,
  name: ownName,
  children,
}: Props) {
  const times = timeAxis(from, to, clock, day);
  return (
    <figure>
      <figcaption className="mb-1 text-small">{title}</figcaption>
      <div role="img" aria-label={said}>
        <ResponsiveContainer width="100%" height={HEIGHT_PIXELS}>
          <ComposedChart data={points} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="at"
              type="number"
              domain={[from, to]}
              ticks={times.ticks}
              tickFormatter={times.text}
              tick={AXIS}
              stroke="var(--line)"
              minTickGap={48}
            />
            <YAxis
              ticks={ticks}
              domain={[0, (largest: number) => Math.max(largest, ticks.at(-1) ?? 0)]}
              tickFormatter={format}
              tick={AXIS}
              stroke="var(--line)"
              width={64}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: "var(--hover)", stroke: "var(--line)" }}
              labelFormatter={(at) => momentText(Number(at))}
              formatter={(value, name) => [format(Number(value)), ownName ?? name]}
              contentStyle={POPUP}
            />
            {children}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}
