import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { emptyBatch } from "@/lib/event-batch";
import { keys } from "@/lib/keys";
import { applyBatch } from "@/lib/live-cache";
import { makeRun } from "@/testing/factories";

it("reads a run anew that was restarted, and once only", () => {
  const cache = new QueryClient();
  const earlier = makeRun.failed();
  const later = makeRun.pending({ run_id: "run_2", number: 2, restart_of: earlier.run_id });
  const isOld = () => cache.getQueryState(keys.run(earlier.run_id))?.isInvalidated;
  const tell = () => applyBatch(cache, { ...emptyBatch(), runs: new Map([[later.run_id, later]]) });

  cache.setQueryData(keys.run(earlier.run_id), earlier);
  tell();
  expect(isOld()).toBe(true);

  cache.setQueryData(keys.run(earlier.run_id), { ...earlier, restarted_by: later.run_id });
  tell();
  expect(isOld()).toBe(false);
  cache.clear();
});
