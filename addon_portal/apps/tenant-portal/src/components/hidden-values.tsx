import { useState } from "react";

const DOTS = "••••••";

/** Variables by name; their values are secrets, and shown to who wants to see them. */
export function HiddenValues({ env }: { env: Record<string, string> }) {
  const [isShown, setShown] = useState(false);
  const entries = Object.entries(env);
  return (
    <span className="flex flex-wrap items-baseline gap-x-4">
      <code className="whitespace-pre-wrap">
        {entries.map(([name, value]) => `${name}=${isShown ? value : DOTS}`).join("\n")}
      </code>
      <button type="button" aria-pressed={isShown} className="text-accent underline" onClick={() => setShown(!isShown)}>
        {isShown ? "Hide the values" : "Show the values"}
      </button>
    </span>
  );
}
