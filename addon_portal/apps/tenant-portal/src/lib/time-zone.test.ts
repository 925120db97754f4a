// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseTimeZone, onTimeZone, ownZone, timeZone } from "@/lib/time-zone";

const listener = vi.fn();
let stop = () => {};

beforeEach(() => {
  listener.mockClear();
  stop = onTimeZone(listener);
});

afterEach(() => {
  stop();
  localStorage.clear();
});

function chooseElsewhere(zone: string) {
  localStorage.setItem("time-zone", zone);
  window.dispatchEvent(new StorageEvent("storage", { key: "time-zone" }));
}

it("is the browser's until somebody chooses one, also in another tab, and everybody is told", () => {
  expect(timeZone()).toBe(ownZone());
  chooseTimeZone("Asia/Tokyo");
  expect(timeZone()).toBe("Asia/Tokyo");
  expect(localStorage.getItem("time-zone")).toBe("Asia/Tokyo");
  chooseElsewhere("Europe/Berlin");
  expect(timeZone()).toBe("Europe/Berlin");
  expect(listener).toHaveBeenCalledTimes(2);
});

it("is the browser's where what is kept is no zone", () => {
  chooseElsewhere("Nowhere/Land");
  expect(timeZone()).toBe(ownZone());
});

it("asks the browser's storage once for all moments on a page", () => {
  timeZone();
  const asked = vi.spyOn(Storage.prototype, "getItem");
  timeZone();
  expect(asked).not.toHaveBeenCalled();
  asked.mockRestore();
});
