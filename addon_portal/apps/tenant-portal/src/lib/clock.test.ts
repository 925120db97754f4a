import { afterEach, expect, it } from "vitest";
import { noteServerTime, serverNow } from "@/lib/clock";

afterEach(() => noteServerTime(new Date().toUTCString()));

it("counts on the portal's clock where the browser's is wrong", () => {
  const wrong = Date.now() + 3_600_000;
  noteServerTime(new Date(wrong).toUTCString());
  expect(Math.abs(serverNow() - wrong)).toBeLessThan(2_000);
});

it("lets a difference within a whole second of answers be", () => {
  noteServerTime(new Date(Date.now() - 900).toUTCString());
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(50);
});

it("learns nothing from an answer without a time", () => {
  noteServerTime(null);
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(50);
});
