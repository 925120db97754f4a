/** Times and durations in words. One zone for the whole page, chosen by the person; pure, given `now`. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2 h 11 min`: at most two units, the second only where it says something. */
export function durationText(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return twoUnits(ms, HOUR, "h", MINUTE, "min");
  return twoUnits(ms, DAY, "d", HOUR, "h");
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string) {
  const rest = Math.floor((ms % large) / small);
  const whole = `${Math.floor(ms / large)} ${largeName}`;
  return rest ? `${whole} ${rest} ${smallName}` : whole;
}

/** `4 min ago`, `in 20 s`, `just now`. */
export function relativeText(at: number, now: number): string {
  const age = now - at;
  const size = Math.abs(age);
  if (size < SECOND) return "just now";
  const text = size < MINUTE ? `${Math.floor(size / SECOND)} s` : oneUnit(size);
  return age >= 0 ? `${text} ago` : `in ${text}`;
}

function oneUnit(size: number) {
  if (size < HOUR) return `${Math.floor(size / MINUTE)} min`;
  if (size < DAY) return `${Math.floor(size / HOUR)} h`;
  return `${Math.floor(size / DAY)} d`;
}

const FORMS = {
  exact: {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
  },
  clock: { timeStyle: "medium" },
  shortClock: { timeStyle: "short" },
  date: { day: "numeric", month: "short" },
  day: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept: to make one takes as long as to write a hundred moments with it, and a page shows a thousand. */
function written(at: number, form: keyof typeof FORMS, zone: string): string {
  const key = `${form} ${zone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...FORMS[form] });
    formats.set(key, format);
  }
  return format.format(at);
}

/** `29 Nov 2026, 14:03:11.204 UTC`: everything that is known, with the zone. */
export const exactText = (at: number, zone: string) => written(at, "exact", zone);

/** `14:03:11`, for a moment of which the day is clear. */
export const clockText = (at: number, zone: string) => written(at, "clock", zone);

/** `14:03`, for round times. */
export const shortClockText = (at: number, zone: string) => written(at, "shortClock", zone);

/** `14:03:11`, and the day before it where that is not today. */
export function momentText(at: number, now: number, zone: string): string {
  const day = dateText(at, zone);
  return day === dateText(now, zone) ? clockText(at, zone) : `${day}, ${clockText(at, zone)}`;
}

/** `29 Nov`. */
const dateText = (at: number, zone: string) => written(at, "date", zone);

/** `29 Nov, 14:03` within a year, for lists. */
export const dayText = (at: number, zone: string) => written(at, "day", zone);

/** How soon what is said of an age changes, so that nothing is painted more often than it reads differently. */
export function changesAfter(age: number): number {
  const size = Math.abs(age);
  if (size < MINUTE) return SECOND;
  return size < HOUR ? 10 * SECOND : MINUTE;
}

export function milliseconds(time: string | null | undefined): number | null {
  return time ? Date.parse(time) : null;
}
