import { describe, expect, it } from "vitest";
import { amountTicks, drawnUsage, timeTicks } from "@/lib/usage-points";

const point = (second: number, unsampled_seconds: number) => ({
  at: `2026-11-29T12:00:0${second}.000Z`,
  memory_bytes: second,
  cpu_seconds: second,
  cpus: 1,
  processes: 1,
  unsampled_seconds,
});

describe("samples", () => {
  it("are drawn one after the other", () => {
    expect(drawnUsage([point(1, 0), point(2, 0)]).map(({ memory }) => memory)).toEqual([1, 2]);
  });

  it("are not joined over time in which nobody looked", () => {
    expect(drawnUsage([point(1, 0), point(5, 3)]).map(({ memory }) => memory)).toEqual([1, null, 5]);
  });
});

describe("the ticks beside them", () => {
  it("are round moments, none twice", () => {
    const at = (text: string) => Date.parse(`2026-11-29T12:${text}Z`);
    expect(timeTicks(at("00:01.200"), at("00:03.100"))).toEqual([at("00:02"), at("00:03")]);
    expect(timeTicks(at("00:01"), at("09:00"))).toEqual([2, 4, 6, 8].map((minute) => at(`0${minute}:00`)));
    expect(timeTicks(at("00:01.2"), at("00:01.2"))).toEqual([]);
  });

  it("are round amounts up to the largest", () => {
    const mebi = 1024 ** 2;
    expect(amountTicks(33 * mebi, 1024)).toEqual([0, 10, 20, 30, 40].map((size) => size * mebi));
    expect(amountTicks(0.44, 1000).map((cpus) => cpus.toFixed(1))).toEqual(["0.0", "0.2", "0.4", "0.6"]);
    expect(amountTicks(2, 1000)).toEqual([0, 0.5, 1, 1.5, 2]);
    expect(amountTicks(0, 1024)).toEqual([0, 0.5, 1]);
  });
});
