import { expect, it } from "vitest";
import { plainLine } from "@/lib/last-line";

it("a line in a list has no colours, and of its versions the last", () => {
  expect(plainLine("\u001b[31mrow 48211\u001b[0m: amount is not a number")).toBe("row 48211: amount is not a number");
  expect(plainLine("10 %\r20 %")).toBe("20 %");
  expect(plainLine("plain")).toBe("plain");
});
