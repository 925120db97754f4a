import { describe, expect, it } from "vitest";
import { markSpans } from "@/lib/log-marks";

const spans = (...texts: string[]) => texts.map((text) => ({ text, look: null }));
const marked = (texts: string[], text: string, ignoreCase = false) =>
  markSpans(spans(...texts), text, ignoreCase).map((span) => (span.isMarked ? `<${span.text}>` : span.text));

describe("places of a text", () => {
  it("are marked, all of them", () => {
    expect(marked(["one oops, two oops"], "oops")).toEqual(["one ", "<oops>", ", two ", "<oops>"]);
    expect(marked(["aaaa"], "aa")).toEqual(["<aa>", "<aa>"]);
  });

  it("are marked across colours", () => {
    expect(marked(["an o", "op", "s!"], "oops")).toEqual(["an ", "<o>", "<op>", "<s>", "!"]);
  });

  it("are found in either case if that is wanted", () => {
    expect(marked(["Oops OOPS"], "oops")).toEqual(["Oops OOPS"]);
    expect(marked(["Oops OOPS"], "oops", true)).toEqual(["<Oops>", " ", "<OOPS>"]);
    expect(marked(["İ oops"], "OOPS", true)).toEqual(["İ oops"]);
  });

  it("leave a row alone where there are none", () => {
    expect(marked(["a", "b"], "c")).toEqual(["a", "b"]);
    expect(marked(["a"], "")).toEqual(["a"]);
    expect(marked([], "a")).toEqual([]);
  });
});
