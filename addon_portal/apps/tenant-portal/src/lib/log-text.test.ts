import { describe, expect, it } from "vitest";
import { cellsOf, coloursAfter, showLine, textOf, wrapSpans } from "@/lib/log-text";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const shown = (text: string): string => textOf(showLine(bytes(text)));

describe("a line", () => {
  it("is shown as it is", () => {
    expect(showLine(bytes("grüße 你好"))).toEqual({ spans: [{ text: "grüße 你好", look: null }], overwritten: 0 });
  });

  it("shows its last version where it rewrites itself", () => {
    expect(showLine(bytes("10%\r20%\r30%\r"))).toMatchObject({ spans: [{ text: "30%" }], overwritten: 2 });
    expect(showLine(bytes("done\r"))).toMatchObject({ spans: [{ text: "done" }], overwritten: 0 });
  });

  it("keeps what is no UTF-8, and control characters, in sight", () => {
    expect(textOf(showLine(Uint8Array.of(0x61, 0xff, 0x00, 0x07, 0x7f, 0x62)))).toBe("a\ufffd^@^G^?b");
  });

  it("has spaces in place of tabs", () => {
    expect(shown("a\tb\t\tc")).toBe(`a${" ".repeat(7)}b${" ".repeat(15)}c`);
  });

  it("goes back for backspaces", () => {
    expect(shown("|\b/\b-\bdone")).toBe("done");
  });

  it("is text and never markup", () => {
    expect(shown("<img src=x onerror=alert(1)>&amp;")).toBe("<img src=x onerror=alert(1)>&amp;");
  });
});

describe("colours", () => {
  it("become looks", () => {
    const { spans } = showLine(bytes("a\x1b[1;31mb\x1b[0mc\x1b[38;5;196md\x1b[48;2;1;2;3me\x1b[7mf"));
    expect(spans.map((span) => [span.text, span.look?.foreground ?? null, span.look?.background ?? null])).toEqual([
      ["a", null, null],
      ["b", "ansi-red", null],
      ["c", null, null],
      ["d", "255,0,0", null],
      ["e", "255,0,0", "1,2,3"],
      ["f", null, "255,0,0"],
    ]);
    expect(spans[1]?.look?.bold).toBe(true);
    expect(spans[5]?.look?.reversed).toBe(true);
  });

  it("may be written with colons", () => {
    expect(showLine(bytes("\x1b[38:2::9:8:7mx")).spans[0]?.look?.foreground).toBe("9,8,7");
  });

  it("are all that is kept of what terminals obey", () => {
    expect(shown("\x1b]0;title\x07a\x1b[2Kb\x1b]8;;http://x\x1b\\c\x1b]8;;\x1b\\\x1b(Bd\x1b[?25le")).toBe("abcde");
    expect(shown("\x1b")).toBe("^[");
  });

  it("go on in the next line until they are switched off", () => {
    expect(coloursAfter(bytes("\x1b[31mred"), "")).toBe("\x1b[31m");
    expect(coloursAfter(bytes("more\x1b[1m"), "\x1b[31m")).toBe("\x1b[31m\x1b[1m");
    expect(coloursAfter(bytes("end\x1b[0m"), "\x1b[31m")).toBe("");
    expect(coloursAfter(bytes("\x1b[0;32m"), "\x1b[31m")).toBe("\x1b[0;32m");
    expect(coloursAfter(bytes("\x1b[38;5;0m"), "")).toBe("\x1b[38;5;0m");
    expect(showLine(bytes("x"), "\x1b[31m").spans[0]?.look?.foreground).toBe("ansi-red");
  });

  it("that are never switched off cost no memory", () => {
    let on = "";
    for (let times = 0; times < 1000; times += 1) on = coloursAfter(bytes("\x1b[1m\x1b[31m"), on);
    expect(on.length).toBeLessThan(100);
    expect(on.startsWith("\x1b[")).toBe(true);
  });
});

describe("rows", () => {
  const wrap = (text: string, columns: number): string[] =>
    wrapSpans(showLine(bytes(text)).spans, columns).map((row) => row.map((span) => span.text).join(""));

  it("have so many cells at most", () => {
    expect(wrap("abcdef", 3)).toEqual(["abc", "def"]);
    expect(wrap("你好a", 3)).toEqual(["你", "好a"]);
    expect(wrap("", 3)).toEqual([""]);
    expect(cellsOf("e\u0301")).toBe(1);
  });

  it("keep their colours", () => {
    const rows = wrapSpans(showLine(bytes("ab\x1b[31mcdef")).spans, 3);
    expect(rows.map((row) => row.map((span) => [span.text, span.look?.foreground]))).toEqual([
      [
        ["ab", undefined],
        ["c", "ansi-red"],
      ],
      [["def", "ansi-red"]],
    ]);
  });

  it("take time that grows with the line and no faster", () => {
    expect(shown("a\b".repeat(4000) + "\x1b[1m".repeat(1500))).toBe("");
    expect(shown("\x1b]".repeat(4000)).length).toBeGreaterThan(0);
  });
});
