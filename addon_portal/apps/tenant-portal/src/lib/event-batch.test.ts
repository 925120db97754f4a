import { describe, expect, it } from "vitest";
import { emptyBatch, isEmpty, laterOf, withMessage } from "@/lib/event-batch";
import type { Message } from "@/lib/sse";
import { makeRun } from "@/testing/factories";

const message = (event: string, data: unknown): Message => ({ event, data: JSON.stringify(data) });
const batchOf = (...messages: Message[]) => messages.reduce(withMessage, emptyBatch());

describe("what a stretch of events amounts to", () => {
  it("is the last word about each run", () => {
    const batch = batchOf(message("run", makeRun.running()), message("run", makeRun.failed()));
    expect([...batch.runs.values()].map((run) => run.state)).toEqual(["failed"]);
  });

  it("keeps the size of each output and what programs say", () => {
    const batch = batchOf(
      message("log", { run_id: "a", size: 10 }),
      message("log", { run_id: "a", size: 12 }),
      message("progress", { run_id: "a", progress: 0.5, status_text: "loading", last_heartbeat_at: null }),
    );
    expect(batch.logSizes.get("a")).toBe(12);
    expect(batch.progress.get("a")?.status_text).toBe("loading");
  });

  it("is a new beginning after a reset, whatever came before", () => {
    const batch = batchOf(message("run", makeRun.running()), message("reset", {}));
    expect(batch.reset).toBe(true);
    expect(batch.runs.size).toBe(0);
  });

  it("is nothing for kinds of events that are not known", () => {
    expect(isEmpty(batchOf(message("weather", { sun: true })))).toBe(true);
  });
});

describe("of two words about one run", () => {
  it("the one that is further on holds, in whatever order they arrive", () => {
    const running = makeRun.running();
    const failed = makeRun.failed();
    expect(laterOf(running, failed)).toBe(failed);
    expect(laterOf(failed, running)).toBe(failed);
    expect(laterOf(undefined, running)).toBe(running);
  });

  it("an outcome that was learnt later takes the place of the unknown one", () => {
    const learnt = makeRun.failed();
    expect(laterOf(makeRun.unknown(), learnt)).toBe(learnt);
  });

  it("that it has been restarted is not forgotten", () => {
    const restarted = makeRun.failed({ restarted_by: "run_2" });
    expect(laterOf(restarted, makeRun.failed())).toBe(restarted);
  });
});
