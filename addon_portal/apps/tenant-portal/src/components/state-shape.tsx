import type { ReactNode } from "react";
import type { Shape, Tone } from "@/lib/states";

export const TONE_TEXT: Record<Tone, string> = {
  neutral: "text-ink",
  blue: "text-blue",
  amber: "text-amber",
  green: "text-green",
  red: "text-red",
  grey: "text-grey",
};

const RING = { fill: "none", stroke: "currentColor", strokeWidth: 1.75 };
const LINE = { ...RING, strokeWidth: 2.25, strokeLinecap: "round", strokeLinejoin: "round" } as const;

const SHAPES: Record<Shape, ReactNode> = {
  "hollow-circle": <circle cx="8" cy="8" r="5" {...RING} />,
  "quarter-circle": (
    <>
      <circle cx="8" cy="8" r="5" {...RING} />
      <path d="M8 8V3a5 5 0 0 1 5 5z" fill="currentColor" />
    </>
  ),
  "filled-circle": <circle className="animate-pulse-slow" cx="8" cy="8" r="5" fill="currentColor" />,
  "barred-circle": (
    <>
      <circle cx="8" cy="8" r="6" fill="currentColor" />
      <path d="M5 8h6" stroke="var(--ground)" strokeWidth="2" />
    </>
  ),
  check: <path d="m3.5 8.5 3 3 6-7" {...LINE} />,
  cross: <path d="m4 4 8 8m0-8-8 8" {...LINE} />,
  square: <rect x="3.5" y="3.5" width="9" height="9" rx="1" fill="currentColor" />,
  question: <path d="M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.8-1.1 1.8m0 2.6v.1" {...LINE} strokeWidth={1.9} />,
  triangle: <path d="M8 3 14 13H2z" {...RING} strokeLinejoin="round" />,
  "dashed-circle": <circle cx="8" cy="8" r="5" {...RING} strokeDasharray="2.6 2" />,
};

/** The sign of a state. It always stands beside the word, which is what is read out. */
export function StateShape({ shape, className = "" }: { shape: Shape; className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className={`inline-block size-4 shrink-0 ${className}`}>
      {SHAPES[shape]}
    </svg>
  );
}
