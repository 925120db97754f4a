import { expect, it } from "vitest";
import { parseEnvironment } from "@/lib/environment";

it("reads a variable a line; everything behind the first = is its value", () => {
  expect(parseEnvironment("A=1\n\nURL=x=y \n")).toEqual({ env: { A: "1", URL: "x=y " }, problem: null });
});

it("names the line that it cannot read", () => {
  expect(parseEnvironment("A=1\nexport B=2").problem).toBe("Line 2: expected NAME=value, got “export B=2”");
  expect(parseEnvironment("lonely").problem).toContain("Line 1");
});
