import { Time } from "@/components/time";
import { useTimeZone } from "@/hooks/use-time-zone";
import type { Schemas } from "@/lib/api";

/** Times to come: in the person's zone as everywhere, and by the schedule's own clocks where these differ. */
export function NextTimes({ times, zone }: { times: readonly Schemas["TimeBody"][]; zone: string }) {
  const own = useTimeZone();
  return (
    <ol className="flex flex-col">
      {times.map(({ at, local }) => (
        <li key={at} className="flex flex-wrap gap-x-3">
          <Time at={at} form="day" />
          <span className="text-quiet">
            <Time at={at} />
            {zone !== own && ` · ${local.slice(11, 16)} in ${zone}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
