import { expect, it } from "vitest";
import { policyText } from "@/lib/policy-words";

const POLICY = {
  mode: "on-failure",
  max_restarts: 3,
  window_seconds: null,
  initial_seconds: 10,
  factor: 2,
  max_seconds: 300,
  jitter: 0.2,
  reasons: null,
  unknown: false,
} as const;

it.each([
  [null, "By people only."],
  [{ ...POLICY, mode: "never" as const }, "By people only."],
  [
    POLICY,
    "By itself when it fails, at most 3 times in a row. " +
      "After a pause of 10 s, each 2 times as long as the one before, up to 5 min.",
  ],
  [
    { ...POLICY, mode: "always" as const, window_seconds: 3600, factor: 1, unknown: true },
    "By itself whenever it ends, also where nobody knows how it ended, at most 3 times within 1 h. After a pause of 10 s.",
  ],
  [{ ...POLICY, initial_seconds: 0 }, "By itself when it fails, at most 3 times in a row. Without a pause."],
])("a policy is told in a sentence: %#", (policy, text) => {
  expect(policyText(policy)).toBe(text);
});
