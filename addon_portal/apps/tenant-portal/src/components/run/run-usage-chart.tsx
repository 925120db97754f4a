import { Area } from "recharts";
import { Chart } from "@/components/chart";
import { useTimeZone } from "@/hooks/use-time-zone";
import type { UsagePoint } from "@/lib/run-details";
import { bytesText } from "@/lib/sizes";
import { clockText, dayText, exactText } from "@/lib/times";
import { amountTicks, busyText, drawnUsage } from "@/lib/usage-points";

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
      <Plot title="Processors that were busy" points={drawn} field="cpus" base={1000} format={busyText} />
    </div>
  );
}

function Plot({ title, points, field, base, format }: PlotProps) {
  const zone = useTimeZone();
  const largest = Math.max(...points.map((point) => point[field] ?? 0));
  const amounts = amountTicks(largest, base, format);
  const times = points.map(({ at }) => at);
  return (
    <Chart
      title={title}
      said={`${title} over time, at most ${format(largest)}`}
      points={points}
      from={Math.min(...times)}
      to={Math.max(...times)}
      ticks={amounts}
      format={format}
      clock={(at) => clockText(at, zone)}
      day={(at) => dayText(at, zone)}
      momentText={(at) => exactText(at, zone)}
      name={title}
    >
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
    </Chart>
  );
}
