import { expect, test } from "vitest";
import { BY_DEFAULT, deliveryLook, standingOf, toldText, WANTED } from "@/lib/webhook-words";
import { askAgainIn, type Delivery } from "@/lib/webhooks";

test("a test cannot be wanted, and successes are told to those who ask for them", () => {
  expect(WANTED).not.toContain("test");
  expect(WANTED.filter((fact) => !BY_DEFAULT.includes(fact))).toEqual(["run.completed"]);
});

test("what is told is a list in words, or everything", () => {
  expect(toldText({ events: ["run.failed", "run.recovered"] })).toBe("failed, works again");
  expect(toldText({ events: [...WANTED] })).toBe("everything");
});

test("why a webhook is off stands beside it", () => {
  expect(standingOf({ enabled: true, disabled_why: null }).word).toBe("On");
  expect(standingOf({ enabled: false, disabled_why: "It answered 410 Gone." }).word).toBe("Off: It answered 410 Gone");
});

const NOW = Date.parse("2026-11-29T12:00:00Z");

function delivery(facts: Partial<Delivery>): Delivery {
  return {
    id: "msg_1",
    webhook_id: "whk_1",
    event: "test",
    run_id: null,
    state: "pending",
    attempts: 0,
    next_attempt_at: "2026-11-29T12:00:00Z",
    happened_at: "2026-11-29T12:00:00Z",
    created_at: "2026-11-29T12:00:00Z",
    finished_at: null,
    ...facts,
  };
}

test("nothing is asked for once every message has come to its end", () => {
  expect(askAgainIn([], NOW)).toBe(false);
  expect(askAgainIn([delivery({ state: "delivered", next_attempt_at: null })], NOW)).toBe(false);
  expect(askAgainIn([delivery({ next_attempt_at: null })], NOW)).toBe(false);
});

test("a message on its way is asked for soon, one that waits for its next attempt when that is due", () => {
  expect(askAgainIn([delivery({})], NOW)).toBe(1_500);
  expect(askAgainIn([delivery({ next_attempt_at: "2026-11-29T12:00:05Z" })], NOW)).toBe(5_000);
  expect(askAgainIn([delivery({ next_attempt_at: "2026-11-29T14:00:00Z" })], NOW)).toBe(60_000);
});

test("what was tried in vain is not called on its way", () => {
  expect(deliveryLook({ state: "pending", attempts: 0 }).word).toBe("On its way");
  expect(deliveryLook({ state: "pending", attempts: 2 }).word).toBe("Not arrived yet");
  expect(deliveryLook({ state: "failed", attempts: 9 }).word).toBe("Did not arrive");
});
