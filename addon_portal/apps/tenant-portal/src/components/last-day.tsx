import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { Bars } from "@/components/bars";
import { ErrorNote } from "@/components/error-note";
import { HourRuns } from "@/components/hour-runs";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { WhenSeen } from "@/components/when-seen";
import { useTimeZone } from "@/hooks/use-time-zone";
import { type Hour, hourText, outcomesText, type StatusSearch, totalOf } from "@/lib/hours";
import { lastDayQuery } from "@/lib/status";
import { dayText, shortClockText } from "@/lib/times";

const HourPlots = lazy(() => import("@/components/hour-plots"));

/** How runs ended in each of the last 24 hours, which of them, how many of them failed and how long they took. */
export function LastDay() {
  const { data: stats, error, refetch } = useQuery(lastDayQuery);
  const { hour, end } = useSearch({ from: "/app/status" });
  const navigate = useNavigate({ from: "/status" });
  const zone = useTimeZone();
  const show = (search: StatusSearch) => void navigate({ search, replace: true, resetScroll: false });
  return (
    <Section title="Last 24 hours" note={stats && outcomesText(stats.total)}>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!stats && !error && <Skeleton rows={4} />}
      {stats && (
        <>
          <Bars
            isFilling
            top={highestText(stats.buckets)}
            label="Runs that ended, hour by hour"
            columns={stats.buckets.map((one) => columnOf(one, zone, hour, show))}
          />
          <p className="ml-16 flex justify-between text-quiet text-small">
            <span>{dayText(Date.parse(stats.since), zone)}</span>
            <span>now</span>
          </p>
        </>
      )}
      {hour && <HourRuns hour={hour} end={end} onChange={show} />}
      {!!stats && totalOf(stats.total) > 0 && (
        <WhenSeen rows={8}>
          <Suspense fallback={<Skeleton rows={8} label="Loading charts" />}>
            <HourPlots hours={stats.buckets} />
          </Suspense>
        </WhenSeen>
      )}
    </Section>
  );
}

function highestText(hours: Hour[]) {
  const highest = Math.max(0, ...hours.map(totalOf));
  return highest ? `${highest} runs` : "";
}

function columnOf(hour: Hour, zone: string, chosen: string | undefined, show: (search: StatusSearch) => void) {
  const at = Date.parse(hour.at);
  const key = new Date(at).toISOString();
  return {
    key,
    isChosen: key === chosen,
    choose: totalOf(hour) ? () => show(key === chosen ? {} : { hour: key }) : undefined,
    hint: `${hourText(at, (moment) => shortClockText(moment, zone))}: ${outcomesText(hour)}`,
    parts: [
      { tone: "red" as const, value: hour.failed },
      { tone: "grey" as const, value: hour.unknown },
      { tone: "neutral" as const, value: hour.cancelled },
      { tone: "green" as const, value: hour.completed },
    ],
  };
}
