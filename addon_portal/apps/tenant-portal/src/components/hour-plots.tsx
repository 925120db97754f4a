import type { ReactNode } from "react";
import { Bar, Line } from "recharts";
import { Chart } from "@/components/chart";
import { useTimeZone } from "@/hooks/use-time-zone";
import { type Hour, type HourPoint, hourPoints } from "@/lib/hours";
import { dayText, durationText, shortClockText } from "@/lib/times";
import { amountTicks, timeTicks } from "@/lib/usage-points";

const HALF_HOUR_MS = 1_800_000;

/** How many of a hundred failed, and how long successes took, hour by hour on the same times. */
export default function HourPlots({ hours }: { hours: readonly Hour[] }) {
  const points = hourPoints(hours);
  const longest = Math.max(0, ...points.map(({ p95 }) => p95 ?? 0));
  return (
    <div className="mt-6 grid gap-4 lg:grid-cols-2">
      <Plot
        title="Failed, of those that completed or failed"
        said={`at most ${Math.round(Math.max(0, ...points.map(({ failureRate }) => failureRate ?? 0)))} % in an hour`}
        points={points}
        ticks={[0, 25, 50, 75, 100]}
        format={percentText}
      >
        <Bar dataKey="failureRate" name="failed" fill="var(--red)" isAnimationActive={false} maxBarSize={24} />
      </Plot>
      <Plot
        title="How long successes took: half of them, and 95 of 100"
        said={`at most ${durationText(longest)}`}
        points={points}
        ticks={durationTicks(longest)}
        format={durationText}
      >
        <Line dataKey="median" name="half of them" stroke="var(--accent)" {...LINE} />
        <Line dataKey="p95" name="95 of 100" stroke="var(--quiet)" strokeDasharray="4 3" {...LINE} />
      </Plot>
    </div>
  );
}

const LINE = {
  type: "linear",
  strokeWidth: 1.5,
  isAnimationActive: false,
  dot: { r: 2.5, strokeDasharray: "0" },
} as const;
const percentText = (percent: number) => `${Math.round(percent)} %`;

/** Round times; below a second, round milliseconds. */
function durationTicks(longest: number): number[] {
  return longest < 4_000 ? amountTicks(longest, 1000, durationText) : timeTicks(0, longest, 4);
}

type PlotProps = {
  title: string;
  said: string;
  points: HourPoint[];
  ticks: number[];
  format: (value: number) => string;
  children: ReactNode;
};

function Plot({ title, said, points, ticks, format, children }: PlotProps) {
  const zone = useTimeZone();
  return (
    <Chart
      title={title}
      said={`${title}, by hour: ${said}`}
      points={points}
      from={(points[0]?.at ?? 0) - HALF_HOUR_MS}
      to={(points.at(-1)?.at ?? 0) + HALF_HOUR_MS}
      ticks={ticks}
      format={format}
      clock={(at) => shortClockText(at, zone)}
      day={(at) => dayText(at, zone)}
      momentText={(at) => `the hour from ${dayText(at - HALF_HOUR_MS, zone)}`}
    >
      {children}
    </Chart>
  );
}
