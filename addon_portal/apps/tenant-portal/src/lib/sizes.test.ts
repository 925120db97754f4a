import { describe, expect, it } from "vitest";
import { differenceText } from "@/lib/difference-words";
import { bytesText, countText } from "@/lib/sizes";

describe("sizes", () => {
  it("have three digits at most, and a unit", () => {
    expect([0, 999, 1024, 1536, 10 * 1024, 1023 * 1024, 5 * 1024 ** 3].map(bytesText)).toEqual([
      "0 B",
      "999 B",
      "1.0 KiB",
      "1.5 KiB",
      "10 KiB",
      "1.0 MiB",
      "5.0 GiB",
    ]);
  });

  it("count in the singular and the plural", () => {
    expect([0, 1, 1204].map((count) => countText(count, "line"))).toEqual(["0 lines", "1 line", "1,204 lines"]);
  });

  it("are told of what differs, and times as durations", () => {
    expect(differenceText("output_bytes", 2048)).toBe("2.0 KiB");
    expect(differenceText("run_seconds", 90)).toBe("1 min 30 s");
    expect(differenceText("SECRET", "***")).toBe("another value (hidden)");
    expect(differenceText("command", ["sh", "-c"])).toBe('["sh","-c"]');
    expect(differenceText("note", null)).toBe("–");
  });
});
