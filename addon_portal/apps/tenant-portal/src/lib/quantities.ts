/** Sizes and lengths of time as people write them, `2 GiB` and `1 h 30 min`, and back exactly. Pure. */

export type Quantity = { value: number | null; problem: string | null };

const NOTHING: Quantity = { value: null, problem: null };
const KIB = 1024;
const KB = 1000;

/** A bare letter is binary, as everywhere where memory is meant. */
const BYTES: Record<string, number> = {
  "": 1,
  b: 1,
  ...powers(["k", "m", "g", "t"], KIB),
  ...powers(["ki", "mi", "gi", "ti"], KIB),
  ...powers(["kib", "mib", "gib", "tib"], KIB),
  ...powers(["kb", "mb", "gb", "tb"], KB),
};

const SECONDS: Record<string, number> = {
  ms: 0.001,
  "": 1,
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
};

function powers(units: string[], base: number): Record<string, number> {
  return Object.fromEntries(units.map((unit, index) => [unit, base ** (index + 1)]));
}

/** Of units alone: objects have names of their own, such as `constructor`. */
function sizeOf(units: Record<string, number>, unit: string): number | undefined {
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

/** `2 GiB`, `512M`, `1.5 GB`, `4096`; nothing is nothing. */
export function parseBytes(text: string): Quantity {
  const written = text.trim();
  if (!written) return NOTHING;
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(written) ?? [];
  const size = sizeOf(BYTES, unit.toLowerCase());
  if (!number || size === undefined) return { value: null, problem: "Expected a size such as 512 MiB or 2 GiB." };
  return exactly(Math.round(Number(number) * size));
}

/** Beyond that, another number than the written one would be sent. */
function exactly(value: number): Quantity {
  const isHeld = Math.abs(value) <= Number.MAX_SAFE_INTEGER; // NaN is not, either
  return isHeld ? { value, problem: null } : { value: null, problem: "That is more than can be told exactly." };
}

/** `90`, `30 s`, `1 h 30 min`, `2d`; nothing is nothing. */
export function parseSeconds(text: string): Quantity {
  const written = text.trim().toLowerCase();
  if (!written) return NOTHING;
  const problem = "Expected a length of time such as 30 s, 3 h or 1 h 30 min.";
  let seconds = 0;
  let rest = written;
  while (rest) {
    const [part, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)\s*/.exec(rest) ?? [];
    const length = sizeOf(SECONDS, unit) ?? sizeOf(SECONDS, unit.replace(/s$/, ""));
    // A number without a unit is seconds only where it stands alone.
    if (!part || length === undefined || (unit === "" && part !== written)) return { value: null, problem };
    seconds += Number(number) * length;
    rest = rest.slice(part.length);
  }
  return exactly(Math.round(seconds * 1000) / 1000);
}

/** A number within bounds; nothing is nothing. */
export function parseNumber(text: string, { isWhole = false } = {}): Quantity {
  const written = text.trim();
  if (!written) return NOTHING;
  const value = Number(written);
  const isFit = Number.isFinite(value) && value >= 0 && (!isWhole || Number.isSafeInteger(value));
  return isFit
    ? { value, problem: null }
    : { value: null, problem: `Expected a ${isWhole ? "whole " : ""}number, not below 0.` };
}

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"];

/** As it would be typed: in the largest unit in which it is whole. */
export function bytesInput(bytes: number | null): string {
  if (bytes === null) return "";
  let unit = 0;
  let value = bytes;
  while (value > 0 && value % KIB === 0 && unit < BINARY.length - 1) {
    value /= KIB;
    unit += 1;
  }
  return `${value} ${BINARY[unit]}`;
}

/** As it would be typed: `1 h 30 min`. */
export function secondsInput(seconds: number | null): string {
  if (seconds === null) return "";
  let rest = Math.round(seconds * 1000);
  if (rest === 0) return "0 s";
  if (rest < 1000) return `${rest} ms`;
  const parts: string[] = [];
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
  ] as const) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  if (rest) parts.push(`${rest / 1000} s`);
  return parts.join(" ");
}
