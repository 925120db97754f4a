import { describe, expect, it } from "vitest";
import { parseParameters } from "@/lib/parameters";

describe("parameters", () => {
  it.each([
    ['{"id": 9007199254740993}', "9007199254740993"],
    ['{"deep": [1, {"id": -9007199254740992}]}', "-9007199254740992"],
    ['{"far": 1e400}', "1e400"],
  ])("%s would be changed, and are refused", (text, number) => {
    const { parameters, problem } = parseParameters(text);
    expect(parameters).toBeNull();
    expect(problem).toContain(`${number} is too large a number for this page`);
  });

  it.each([
    ['{"id": 9007199254740991, "least": -9007199254740991}', { id: 9007199254740991, least: -9007199254740991 }],
    ['{"id": "9007199254740993"}', { id: "9007199254740993" }],
    ['{"9007199254740993": "\\"9007199254740993"}', { "9007199254740993": '"9007199254740993' }],
    ['{"rate": 0.1, "far": 1e300}', { rate: 0.1, far: 1e300 }],
  ])("%s are taken as they stand", (text, parameters) => {
    expect(parseParameters(text)).toEqual({ parameters, problem: null });
  });

  it("are nothing, or an object", () => {
    expect(parseParameters(" ")).toEqual({ parameters: null, problem: null });
    expect(parseParameters("[1]").problem).toContain("Expected an object");
    expect(parseParameters("{").problem).toContain("No JSON");
  });
});
