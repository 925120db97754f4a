import type { ViewState } from "@/lib/log-view";
import { bytesText } from "@/lib/sizes";

/** Above the first line: whether anything stands before it, or has stood there. */
export function LogHead({ state }: { state: ViewState }) {
  const { isLoaded, start, firstOffset } = state;
  if (!isLoaded) return "Reading…";
  if (start > firstOffset) return "Reading what stands before…";
  if (firstOffset === 0) return "The output begins here.";
  const text = `The oldest ${bytesText(firstOffset)} were removed: this run wrote more than is kept of its output.`;
  return <span title={`${text} The first byte that is kept is ${firstOffset}.`}>{text}</span>;
}
