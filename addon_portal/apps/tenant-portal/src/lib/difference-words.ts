/** One side of a difference between two runs, as people read it. Pure. */
import { bytesText } from "@/lib/sizes";
import { durationText } from "@/lib/times";

export function differenceText(field: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (value === "***") return "another value (hidden)";
  if (typeof value === "number" && field.endsWith("bytes")) return bytesText(value);
  if (typeof value === "number" && field.endsWith("seconds")) return durationText(value * 1000);
  return typeof value === "string" ? value : JSON.stringify(value);
}
