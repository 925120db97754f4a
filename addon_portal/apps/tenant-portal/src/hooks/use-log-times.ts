import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { useTimeZone } from "@/hooks/use-time-zone";
import { LogTimes } from "@/lib/log-times";

/** When the lines that are on the screen came: a function from a byte to a time of the day, once they are known. */
export function useLogTimes(runId: string, isOn: boolean, start: number, end: number, size: number) {
  const [times] = useState(() => new LogTimes(runId));
  const version = useSyncExternalStore(times.subscribe, times.getVersion);
  const zone = useTimeZone();
  useEffect(() => {
    if (isOn && end > start) times.want(start, end, size);
  }, [times, isOn, start, end, size]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means new times
  return useCallback(
    (offset: number): string | null => {
      const at = isOn ? times.at(offset) : null;
      return at === null ? null : exactClock(at, zone);
    },
    [times, isOn, zone, version],
  );
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** `14:03:11.204` */
function exactClock(at: number, zone: string): string {
  let format = FORMATS.get(zone);
  if (format === undefined) {
    const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 } as const;
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...parts });
    FORMATS.set(zone, format);
  }
  return format.format(at);
}
