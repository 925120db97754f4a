import type { CSSProperties } from "react";
import type { Look } from "@/lib/log-look";
import type { MarkedSpan } from "@/lib/log-marks";

/** The text of a row in the looks that the program gave it, with the places marked that were searched for. */
export function LogSpans({ spans }: { spans: readonly MarkedSpan[] }) {
  let begin = 0;
  return spans.map(({ text, look, isMarked }) => {
    const key = begin;
    begin += text.length;
    if (isMarked) {
      return (
        <mark key={key} className="rounded-xs bg-amber text-ground">
          {text}
        </mark>
      );
    }
    return (
      <span key={key} style={look === null ? undefined : styleOf(look)}>
        {text}
      </span>
    );
  });
}

function styleOf(look: Look): CSSProperties {
  const lines = [look.underline && "underline", look.struck && "line-through"].filter(Boolean);
  return {
    ...coloursOf(look),
    ...(look.bold && { fontWeight: 700 }),
    ...(look.dim && { opacity: 0.8 }),
    ...(look.italic && { fontStyle: "italic" }),
    ...(lines.length > 0 && { textDecoration: lines.join(" ") }),
  };
}

function coloursOf({ foreground, background, reversed, control }: Look): CSSProperties {
  if (control) return { backgroundColor: "var(--hover)", color: "var(--quiet)" };
  if (reversed) return { backgroundColor: colour(background ?? "ansi-ink"), color: "var(--sunken)" };
  // Black or white on a colour means "readable on it", which on our washes is the ink.
  const isPlain = foreground === null || /^ansi-(?:bright-)?(?:black|white)$/.test(foreground);
  const text = background !== null && isPlain ? "ansi-ink" : foreground;
  return {
    ...(background !== null && { backgroundColor: `color-mix(in oklab, ${full(background)} 22%, var(--sunken))` }),
    ...(text !== null && { color: colour(text) }),
  };
}

function full(name: string): string {
  return name.startsWith("ansi-") ? `var(--${name})` : `rgb(${name})`;
}

/** Exact colours are drawn towards the ink, so that a yellow for black screens can be read on white ones. */
function colour(name: string): string {
  return name.startsWith("ansi-") ? full(name) : `color-mix(in oklab, ${full(name)} 55%, var(--ink))`;
}
