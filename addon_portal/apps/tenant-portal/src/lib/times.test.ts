import { expect, it } from "vitest";
import { durationText, exactText, momentText, relativeText } from "@/lib/times";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

it.each([
  [0, "0 ms"],
  [940, "940 ms"],
  [4_250, "4.2 s"],
  [59_900, "59 s"],
  [MINUTE, "1 min"],
  [2 * HOUR + 11 * MINUTE, "2 h 11 min"],
  [49 * HOUR, "2 d 1 h"],
  [-5, "0 ms"],
])("says %d ms as %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it("says ages in one unit, before and after", () => {
  expect(relativeText(0, 4 * MINUTE + 1)).toBe("4 min ago");
  expect(relativeText(20_000, 0)).toBe("in 20 s");
  expect(relativeText(100, 200)).toBe("just now");
});

it("says the day of moments that were not today", () => {
  const at = Date.parse("2026-11-29T14:03:11.204Z");
  expect(momentText(at, at + HOUR, "UTC")).toBe("14:03:11");
  expect(momentText(at, at + 12 * HOUR, "UTC")).toBe("29 Nov, 14:03:11");
  expect(momentText(at, at + HOUR, "Asia/Tokyo")).toBe("29 Nov, 23:03:11");
});

it("says moments exactly, with their zone", () => {
  const at = Date.parse("2026-11-29T14:03:11.204Z");
  expect(exactText(at, "UTC")).toBe("29 Nov 2026, 14:03:11.204 UTC");
  expect(exactText(at, "Asia/Tokyo")).toContain("23:03:11.204");
});
