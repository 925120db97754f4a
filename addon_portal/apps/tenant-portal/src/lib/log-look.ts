/**
 * How a piece of output looks: what the sequences of terminals ask for, as the parser tells it. Colours are names of the
 * palette of sixteen (`ansi-red`), which the themes define, or exact ones as `r,g,b`. Pure.
 */
import type Anser from "anser";

export interface Look {
  readonly foreground: string | null;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly struck: boolean;
  /** Written in the colour of the ground, on its own. */
  readonly reversed: boolean;
  /** No text of the program, but the name of a control character that it wrote. */
  readonly control: boolean;
}

export const CONTROL: Look = {
  foreground: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  struck: false,
  reversed: false,
  control: true,
};

/** Null for text without any. */
export function lookOf(part: Anser.AnserJsonEntry & { isInverted?: boolean }): Look | null {
  const on = new Set(part.decorations);
  const foreground = colourOf(part.fg, part.fg_truecolor);
  const background = colourOf(part.bg, part.bg_truecolor);
  const reversed = part.isInverted === true;
  const look = {
    // The parser has changed them for each other, with black and white in place of what the screen has by itself.
    foreground: reversed ? null : on.has("hidden") ? background : foreground,
    background: reversed && background === "ansi-white" ? "ansi-ink" : background,
    bold: on.has("bold"),
    dim: on.has("dim") || on.has("hidden"),
    italic: on.has("italic"),
    underline: on.has("underline"),
    struck: on.has("strikethrough"),
    reversed,
    control: false,
  };
  return Object.values(look).some((value) => value !== null && value !== false) ? look : null;
}

function colourOf(name: string | null, exact: string | null): string | null {
  if (name === "ansi-truecolor") return exact?.replaceAll(" ", "") ?? null;
  const index = name?.match(/^ansi-palette-(\d+)$/)?.[1];
  return index === undefined ? name : paletteColour(Number(index));
}

/** Colours 16 to 255 of xterm: a cube of 6 levels, and 24 greys. */
function paletteColour(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `${grey},${grey},${grey}`;
  }
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)}`;
}
