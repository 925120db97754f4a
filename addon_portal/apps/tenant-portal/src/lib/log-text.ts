/**
 * Makes what a program wrote into what is shown of it: a line's bytes become spans of plain text with a style. Promises that
 * no byte is dropped unseen (what is no UTF-8 becomes U+FFFD, control characters their names), that a line which rewrites
 * itself shows its last version, and that every piece is a string that React escapes: nothing here is ever HTML.
 */
import Anser from "anser";
import { CONTROL, type Look, lookOf } from "@/lib/log-look";

export interface Span {
  readonly text: string;
  readonly look: Look | null;
}

export interface ShownLine {
  readonly spans: readonly Span[];
  /** How many earlier versions of itself the line has overwritten. */
  readonly overwritten: number;
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const TAB_CELLS = 8;

/** Sequences of a terminal that are no colours: titles and links, cursor movements, character sets. */
const OTHER_SEQUENCES = new RegExp(
  [
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
    String.raw`\u001b[PX^_][^\u001b]*\u001b\\`,
    String.raw`\u001b\[[0-?]*[ -/]*[@-ln-~]`,
    String.raw`\u001b\[[<-?][0-?]*m`,
    String.raw`\u001b[ -/]+[0-~]`,
    String.raw`\u001b[0-Z\\^-~]`,
  ].join("|"),
  "g",
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const COLOURS = /\x1b\[([0-9;:]*)m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** What is shown of a line, given the colours that were on where it begins. */
export function showLine(bytes: Uint8Array, colours = ""): ShownLine {
  const { text, overwritten } = lastVersion(DECODER.decode(bytes));
  const plain = eraseBackspaces(text.replace(OTHER_SEQUENCES, ""));
  if (colours === "" && !plain.includes("\x1b")) return { spans: asSpans(splitControls(plain, null)), overwritten };
  const coloured = (colours + plain).replace(COLOURS, (_, codes: string) => `\x1b[${withSemicolons(codes)}m`);
  const parts = Anser.ansiToJson(coloured, { use_classes: true, remove_empty: true });
  return { spans: asSpans(parts.flatMap((part) => splitControls(part.content, lookOf(part)))), overwritten };
}

/** The colours that are on behind these bytes, as the sequences that switch them on. */
export function coloursAfter(bytes: Uint8Array, before: string): string {
  if (bytes.indexOf(0x1b) < 0) return before;
  let on = before;
  for (const [sequence, codes] of DECODER.decode(bytes).matchAll(COLOURS)) {
    if (isReset(codes ?? "")) on = "";
    else on = (/^0*;/.test(codes ?? "") ? sequence : on + sequence).slice(-LONGEST_COLOURS);
  }
  return on.slice(Math.max(0, on.indexOf("\x1b")));
}

/** Nothing is on behind it: it ends with a zero that is no number of a colour. */
function isReset(codes: string): boolean {
  return /(?:^|[;:])0*$/.test(codes) && !/[34]8[;:]5[;:]0*$/.test(codes);
}

/** More than a program switches on at once; one that never switches off again costs no more than this. */
const LONGEST_COLOURS = 96;

export function textOf(line: ShownLine): string {
  return line.spans.map((span) => span.text).join("");
}

/** How many cells of the screen a text takes, as terminals count them. */
export function cellsOf(text: string): number {
  if (isNarrow(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOfCharacter(character);
  return cells;
}

/** The spans cut into rows of so many cells; at least one row. */
export function wrapSpans(spans: readonly Span[], columns: number): Span[][] {
  const rows: Span[][] = [[]];
  let free = columns;
  const put = (text: string, look: Look | null): void => {
    if (text !== "") rows.at(-1)?.push({ text, look });
  };
  for (const { text, look } of spans) {
    let begin = 0;
    let at = 0;
    for (const character of text) {
      const cells = cellsOfCharacter(character);
      if (cells > free) {
        put(text.slice(begin, at), look);
        rows.push([]);
        begin = at;
        free = columns;
      }
      free -= cells;
      at += character.length;
    }
    put(text.slice(begin), look);
  }
  return rows;
}

/** A line that returns to its beginning is written over: what was written last stands. */
function lastVersion(text: string): { text: string; overwritten: number } {
  if (!text.includes("\r")) return { text, overwritten: 0 };
  const versions = text.split("\r").filter((version) => version !== "");
  return { text: versions.at(-1) ?? "", overwritten: Math.max(0, versions.length - 1) };
}

function eraseBackspaces(text: string): string {
  if (!text.includes("\b")) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character === "\b") kept.pop();
    else kept.push(character);
  }
  return kept.join("");
}

function withSemicolons(codes: string): string {
  return codes
    .replace(/38:2:[0-9]*:([0-9]+):([0-9]+):([0-9]+)/g, "38;2;$1;$2;$3")
    .replace(/48:2:[0-9]*:([0-9]+):([0-9]+):([0-9]+)/g, "48;2;$1;$2;$3")
    .replace(/4:[0-9]+/g, "4")
    .replaceAll(":", ";");
}

/** A control character as terminals name the key that makes it: `^@`, `^G`, `^?`. */
function nameOf(control: string): string {
  return `^${String.fromCharCode(control.charCodeAt(0) ^ 0x40)}`;
}

/** Control characters apart from the text they stand in. */
function splitControls(text: string, look: Look | null): Span[] {
  const spans: Span[] = [];
  let begin = 0;
  for (const { index, 0: control } of text.matchAll(CONTROLS)) {
    spans.push({ text: text.slice(begin, index), look }, { text: nameOf(control), look: CONTROL });
    begin = index + 1;
  }
  return [...spans, { text: text.slice(begin), look }];
}

/** Without tabs, which would stand elsewhere in every row of a line that is wrapped. */
function asSpans(spans: readonly Span[]): Span[] {
  let cells = 0;
  return spans
    .map(({ text, look }) => {
      let shown = "";
      for (const [index, part] of text.split("\t").entries()) {
        if (index > 0) {
          const fill = TAB_CELLS - (cells % TAB_CELLS);
          shown += " ".repeat(fill);
          cells += fill;
        }
        shown += part;
        cells += cellsOf(part);
      }
      return { text: shown, look };
    })
    .filter((span) => span.text !== "");
}

function isNarrow(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function cellsOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return isWide(code) ? 2 : 1;
}

/** East Asian wide and full-width characters, and emoji (Unicode, UAX 11), in their large ranges. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
