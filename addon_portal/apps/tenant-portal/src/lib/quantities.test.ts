import { describe, expect, it } from "vitest";
import { bytesInput, parseBytes, parseNumber, parseSeconds, secondsInput } from "@/lib/quantities";

describe("a size", () => {
  it.each([
    ["2 GiB", 2 ** 31],
    ["512M", 512 * 2 ** 20],
    ["512 mib", 512 * 2 ** 20],
    ["1.5 GB", 1_500_000_000],
    ["4096", 4096],
    ["0", 0],
  ])("%s is %d bytes", (text, bytes) => expect(parseBytes(text)).toEqual({ value: bytes, problem: null }));

  it.each(["two", "2 Gigs", "-1 GiB", "1,5 GiB", "GiB", "2 GiB 3", "5 constructor", "5 __proto__", "5 toString"])(
    "%s is none",
    (text) => {
      expect(parseBytes(text)).toMatchObject({ value: null, problem: expect.stringContaining("size") });
    },
  );

  it.each([0, 1, 1000, 1024, 1_500_000_000, 2 ** 31, 2 ** 40 + 1, 5 * 2 ** 50])("%d comes back as it was", (bytes) => {
    expect(parseBytes(bytesInput(bytes)).value).toBe(bytes);
  });
});

describe("a length of time", () => {
  it.each([
    ["3 h", 10_800],
    ["1h30m", 5400],
    ["1 h 30 min", 5400],
    ["90", 90],
    ["250 ms", 0.25],
    ["2 days", 172_800],
    ["1 week", 604_800],
    ["0.1 s", 0.1],
  ])("%s is %d seconds", (text, seconds) => expect(parseSeconds(text)).toEqual({ value: seconds, problem: null }));

  it.each([
    "soon",
    "1 h 30",
    "30 1 h",
    "-3 h",
    "1:30",
    "3 moons",
    "1 h,",
    "5 constructor",
    "5 constructors",
    "5 __proto__",
  ])("%s is none", (text) => {
    expect(parseSeconds(text).problem).toContain("length of time");
  });

  it.each([0, 0.25, 1, 59.5, 60, 5400, 86_400, 90_061.5, 31_622_400])("%d s come back as they were", (seconds) => {
    expect(parseSeconds(secondsInput(seconds)).value).toBe(seconds);
  });
});

it("what cannot be held exactly is refused", () => {
  const digits = "9".repeat(400);
  for (const { value, problem } of [parseBytes("9007199254740993"), parseBytes(digits), parseSeconds(`${digits} w`)]) {
    expect([value, problem]).toEqual([null, "That is more than can be told exactly."]);
  }
});

it("nothing is nothing, and no problem", () => {
  for (const parse of [parseBytes, parseSeconds, parseNumber])
    expect(parse("  ")).toEqual({ value: null, problem: null });
  expect([bytesInput(null), secondsInput(null)]).toEqual(["", ""]);
});

it("a number is whole where it has to be", () => {
  expect(parseNumber("1.5").value).toBe(1.5);
  expect(parseNumber("1.5", { isWhole: true }).problem).toBe("Expected a whole number, not below 0.");
  expect(parseNumber("x").problem).toBe("Expected a number, not below 0.");
  expect(parseNumber("-1").problem).not.toBeNull();
});
