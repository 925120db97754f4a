import { useQuery } from "@tanstack/react-query";
import { Bars } from "@/components/bars";
import { ErrorNote } from "@/components/error-note";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { useTimeZone } from "@/hooks/use-time-zone";
import type { Schemas } from "@/lib/api";
import { lastDayQuery } from "@/lib/status";
import { dayText, durationText } from "@/lib/times";

type Hour = Schemas["BucketBody"];

/** Outcomes of the last 24 hours, hour by hour, and how long runs took that succeeded. */
export function LastDay() {
  const { data: stats, error, refetch } = useQuery(lastDayQuery);
  const zone = useTimeZone();
  return (
    <Section title="Last 24 hours" note={stats && durationsText(stats.total)}>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!stats && !error && <Skeleton rows={4} />}
      {stats && (
        <>
          <p className="sr-only">{outcomesText(stats.total)}</p>
          <Bars
            isFilling
            top={highestText(stats.buckets)}
            columns={stats.buckets.map((hour) => columnOf(hour, zone))}
          />
          <p className="ml-16 flex justify-between text-quiet text-small">
            <span>{dayText(Date.parse(stats.since), zone)}</span>
            <span>now</span>
          </p>
        </>
      )}
    </Section>
  );
}

const totalOf = ({ completed, failed, unknown, cancelled }: Hour) => completed + failed + unknown + cancelled;

function highestText(hours: Hour[]) {
  const highest = Math.max(0, ...hours.map(totalOf));
  return highest ? `${highest} runs` : "";
}

function columnOf(hour: Hour, zone: string) {
  return {
    key: hour.at,
    hint: `${dayText(Date.parse(hour.at), zone)}: ${outcomesText(hour)}`,
    parts: [
      { tone: "red" as const, value: hour.failed },
      { tone: "grey" as const, value: hour.unknown },
      { tone: "neutral" as const, value: hour.cancelled },
      { tone: "green" as const, value: hour.completed },
    ],
  };
}

function outcomesText({ completed, failed, unknown, cancelled }: Schemas["TotalBody"]) {
  const parts = [`${completed} completed`, `${failed} failed`, `${cancelled} stopped`];
  return [...parts, ...(unknown ? [`${unknown} with unknown outcome`] : [])].join(", ");
}

function durationsText({ median_seconds: median, p95_seconds: p95 }: Schemas["TotalBody"]) {
  if (median === null || p95 === null) return null;
  return `successes took ${durationText(median * 1000)} at the median, ${durationText(p95 * 1000)} at most for 95 of 100`;
}
