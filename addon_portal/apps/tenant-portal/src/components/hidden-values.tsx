import { useState } from "react";
import { useSession } from "@/hooks/use-session";
import { roleRefusal } from "@/lib/run-acts";

const DOTS = "••••••";

/** Variables by name; their values are secrets, and shown to who wants to see them. */
export function HiddenValues({ env }: { env: Record<string, string> }) {
  const [isShown, setShown] = useState(false);
  const session = useSession();
  const entries = Object.entries(env);
  return (
    <span className="flex flex-wrap items-baseline gap-x-4">
      <code className="whitespace-pre-wrap">
        {entries.map(([name, value]) => `${name}=${isShown ? value : DOTS}`).join("\n")}
      </code>
      {roleRefusal("see them", session) ? (
        <span className="text-quiet text-small">Their values are not shown to viewers.</span>
      ) : (
        <button
          type="button"
          aria-pressed={isShown}
          className="text-accent underline"
          onClick={() => setShown(!isShown)}
        >
          {isShown ? "Hide the values" : "Show the values"}
        </button>
      )}
    </span>
  );
}
