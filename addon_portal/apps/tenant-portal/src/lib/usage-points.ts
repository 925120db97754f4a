/** Samples as they are drawn: no line goes through time in which nobody looked. Pure. */
import type { UsagePoint } from "@/lib/run-details";

export interface DrawnPoint {
  readonly at: number;
  readonly memory: number | null;
  readonly cpus: number | null;
}

export function drawnUsage(points: readonly UsagePoint[]): DrawnPoint[] {
  return points.flatMap(({ at, memory_bytes, cpus, unsampled_seconds }) => {
    const moment = Date.parse(at);
    const point = { at: moment, memory: memory_bytes, cpus };
    return unsampled_seconds > 0 ? [{ at: moment - 1, memory: null, cpus: null }, point] : [point];
  });
}

/** Of processors that were busy. */
export const busyText = (cpus: number) => String(Math.round(cpus * 100) / 100);

const SECOND = 1_000;
const TIME_STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400].map(
  (step) => step * SECOND,
);

const ROUND = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

type Text = (tick: number) => string;

/** Round moments between two: so few that they can be read, none twice. */
export function timeTicks(from: number, to: number, most = 6): number[] {
  const step = TIME_STEPS.find((each) => (to - from) / each < most) ?? (to - from) / most;
  return multiples(step, Math.ceil(from / step) * step, to);
}

/** Those moments with what is said of them: the time of day, with the day where it alone would be said twice. */
export function timeAxis(from: number, to: number, clock: Text, day: Text): { ticks: number[]; text: Text } {
  const ticks = timeTicks(from, to);
  const text = areDistinct(ticks, clock) ? clock : day;
  // An hour that clocks show twice is told once.
  return { ticks: ticks.filter((at, index) => !index || text(at) !== text(ticks[index - 1] ?? at)), text };
}

/** Round amounts from nothing to one that is at least `largest`, of which no two read alike; of bytes in their own units. */
export function amountTicks(largest: number, base: 1000 | 1024, text: Text, most = 4): number[] {
  const top = largest || 1;
  const unit = base ** Math.max(0, Math.floor(Math.log(top) / Math.log(base)));
  const scale = unit * 10 ** Math.floor(Math.log10(top / unit / most));
  const choices = ROUND.map((each) => each * scale).filter((step) => top / step <= most);
  const ticksOf = (step: number) => multiples(step, 0, Math.ceil(top / step) * step);
  return choices.map(ticksOf).find((ticks) => areDistinct(ticks, text)) ?? [0, top];
}

const areDistinct = (ticks: readonly number[], text: Text) => new Set(ticks.map(text)).size === ticks.length;

function multiples(step: number, first: number, last: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step + 1e-9) + 1 }, (_, index) => first + index * step);
}
