import { describe, expect, it } from "vitest";
import { bytesText } from "@/lib/sizes";
import { clockText, dayText } from "@/lib/times";
import { amountTicks, busyText, drawnUsage, timeAxis, timeTicks } from "@/lib/usage-points";

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

  it("have the day with them where the time of day comes twice", () => {
    const at = (text: string) => Date.parse(`2026-${text}Z`);
    const clock = (time: number) => clockText(time, "UTC");
    const day = (time: number) => dayText(time, "UTC");
    const short = timeAxis(at("11-29T12:00"), at("11-29T13:00"), clock, day);
    expect(short.ticks.map(short.text)).toEqual(["12:00:00", "12:30:00", "13:00:00"]);
    const long = timeAxis(at("11-28T12:00"), at("11-29T12:00"), clock, day);
    const texts = long.ticks.map(long.text);
    expect(texts).toEqual(["28 Nov, 12:00", "28 Nov, 18:00", "29 Nov, 00:00", "29 Nov, 06:00", "29 Nov, 12:00"]);
  });

  it("tell an hour once that clocks show twice", () => {
    const { ticks, text } = timeAxis(
      Date.parse("2026-10-24T23:00Z"),
      Date.parse("2026-10-25T03:00Z"),
      (time) => clockText(time, "Europe/Berlin"),
      (time) => dayText(time, "Europe/Berlin"),
    );
    expect(ticks.map(text)).toEqual([1, 2, 3, 4].map((hour) => `25 Oct, 0${hour}:00`));
  });

  it("are round amounts up to the largest", () => {
    const mebi = 1024 ** 2;
    expect(amountTicks(33 * mebi, 1024, bytesText)).toEqual([0, 10, 20, 30, 40].map((size) => size * mebi));
    expect(amountTicks(0.44, 1000, String).map((cpus) => cpus.toFixed(1))).toEqual(["0.0", "0.2", "0.4", "0.6"]);
    expect(amountTicks(2, 1000, String)).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it("are amounts of which no two read alike", () => {
    expect(amountTicks(0, 1024, bytesText)).toEqual([0, 1]);
    expect(amountTicks(0.02, 1000, busyText)).toEqual([0, 0.01, 0.02]);
    expect(amountTicks(0.0002, 1000, busyText).map(busyText)).toEqual(["0", "0.01"]);
  });
});
