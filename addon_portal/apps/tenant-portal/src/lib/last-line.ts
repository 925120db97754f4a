/** The last line of each of several runs, for lists: read by one request, and anew when one of them has written more. */
import { keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import { answerOf, client } from "@/lib/api";
import { keys } from "@/lib/keys";
import { showLine } from "@/lib/log-text";

/** As many as are asked for at once. */
const MOST = 200;

/** By run; those that have no line are not in it. What final runs wrote is read once: nothing follows. */
export const lastLinesOfRuns = (kind: "growing" | "final", runIds: readonly string[]) =>
  queryOptions({
    queryKey: [...(kind === "growing" ? keys.growingLines : keys.finalLines), ...runIds],
    queryFn: runIds.length ? ({ signal }) => readLastLines(runIds.slice(0, MOST), signal) : skipToken,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });

async function readLastLines(runIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const query = { run: [...runIds] };
  const { items } = await answerOf(client.GET("/api/tenant/last-lines", { params: { query }, signal }));
  return new Map(items.map(({ run_id, text }) => [run_id, plainLine(text)]));
}

/** What is left of a line without colours and the versions of itself that it has written over. */
export function plainLine(text: string): string {
  return showLine(new TextEncoder().encode(text))
    .spans.map((span) => span.text)
    .join("");
}
