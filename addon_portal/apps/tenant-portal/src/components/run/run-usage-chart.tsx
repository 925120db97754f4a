import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useTimeZone } from "@/hooks/use-time-zone";
import type { UsagePoint } from "@/lib/run-details";
import { bytesText } from "@/lib/sizes";
import { clockText, exactText } from "@/lib/times";
import { amountTicks, drawnUsage, timeTicks } from "@/lib/usage-points";

const AXIS = { fontSize: 12, fill: "var(--quiet)" };
const HEIGHT_PIXELS = 160;

interface PlotProps {
  readonly title: string;
  readonly points: ReturnType<typeof drawnUsage>;
  readonly field: "memory" | "cpus";
  readonly base: 1000 | 1024;
  readonly format: (value: number) => string;
}

/** Memory and processors over time, one below the other on the same times. */
export default function RunUsageChart({ points }: { points: readonly UsagePoint[] }) {
  const drawn = drawnUsage(points);
  return (
    <div className="grid gap-4 pt-2 lg:grid-cols-2">
      <Plot title="Memory" points={drawn} field="memory" base={1024} format={bytesText} />
      <Plot
        title="Processors that were busy"
        points={drawn}
        field="cpus"
        base={1000}
        format={(value) => String(Math.round(value * 100) / 100)}
      />
    </div>
  );
}

function Plot({ title, points, field, base, format }: PlotProps) {
  const zone = useTimeZone();
  const largest = Math.max(...points.map((point) => point[field] ?? 0));
  const amounts = amountTicks(largest, base);
  const times = points.map(({ at }) => at);
  return (
    <figure>
      <figcaption className="mb-1 text-small">{title}</figcaption>
      <div role="img" aria-label={`${title} over time, at most ${format(largest)}`}>
        <ResponsiveContainer width="100%" height={HEIGHT_PIXELS}>
          <AreaChart data={points} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="at"
              type="number"
              domain={["dataMin", "dataMax"]}
              ticks={timeTicks(Math.min(...times), Math.max(...times))}
              tickFormatter={(at: number) => clockText(at, zone)}
              tick={AXIS}
              stroke="var(--line)"
              minTickGap={48}
            />
            <YAxis
              ticks={amounts}
              domain={[0, amounts.at(-1) ?? 0]}
              tickFormatter={format}
              tick={AXIS}
              stroke="var(--line)"
              width={64}
            />
            <Tooltip
              isAnimationActive={false}
              labelFormatter={(at) => exactText(Number(at), zone)}
              formatter={(value) => [format(Number(value)), title]}
              contentStyle={{
                background: "var(--raised)",
                border: "1px solid var(--line)",
                borderRadius: 4,
                fontSize: 12,
              }}
            />
            <Area
              dataKey={field}
              type="linear"
              stroke="var(--accent)"
              fill="var(--accent)"
              fillOpacity={0.12}
              strokeWidth={1.5}
              isAnimationActive={false}
              connectNulls={false}
              dot={points.length < 3}
            />
          </AreaChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}
