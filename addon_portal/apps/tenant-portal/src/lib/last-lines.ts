/** The last lines of a run's output, read as they are: by one small range, once more when it has grown. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { keys } from "@/lib/keys";
import { bytesOf, cutChunk, lineOf, skipToLine } from "@/lib/log-lines";
import { type LogSource, logOfRun } from "@/lib/log-source";
import { type Span, showLine } from "@/lib/log-text";

const MOST_BYTES = 16 * 1024;

export interface LastLine {
  readonly offset: number;
  readonly spans: readonly Span[];
}

/** `size` is what the events have told of: another one means that there is more to read. */
export const lastLinesOf = (runId: string, count: number, size: number, isFinal: boolean) =>
  queryOptions({
    queryKey: [...keys.logSize(runId), "last", count, size, isFinal],
    queryFn: ({ signal }) => readLastLines(logOfRun(runId), count, signal),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });

export async function readLastLines(source: LogSource, count: number, signal: AbortSignal): Promise<LastLine[]> {
  const { start, bytes, firstOffset } = await source.readEnd(MOST_BYTES, signal);
  const skipped = start === firstOffset ? 0 : skipToLine(bytes);
  const chunk = cutChunk(start + skipped, bytes.subarray(skipped));
  return chunk.starts
    .map((_, index) => lineOf(chunk, index))
    .slice(-count)
    .map((line) => ({ offset: line.start, spans: showLine(bytesOf(chunk, line)).spans }));
}
