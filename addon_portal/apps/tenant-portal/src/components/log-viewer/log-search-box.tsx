import { ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { type RefObject, useState } from "react";
import { LogButton } from "@/components/log-viewer/log-button";
import type { LogSearch } from "@/hooks/use-log-search";

/** The field over the log: Enter finds what comes next, Shift and Enter what came before. */
export function LogSearchBox({ search, field }: { search: LogSearch; field: RefObject<HTMLInputElement | null> }) {
  const [text, setText] = useState("");
  const [ignoreCase, setIgnoreCase] = useState(true);
  const find = (direction: "next" | "previous") => text && search.find({ text, ignoreCase }, direction);
  return (
    <search className="flex min-w-0 flex-1 basis-60 items-center gap-1">
      <div className="relative min-w-0 flex-1 sm:max-w-72">
        <Search aria-hidden className="pointer-events-none absolute top-2 left-2 size-4 text-quiet" />
        <input
          ref={field}
          type="text"
          enterKeyHint="search"
          aria-label="Search the whole output"
          placeholder="Search ( / )"
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") find(event.shiftKey ? "previous" : "next");
            if (event.key !== "Escape") return;
            setText("");
            search.clear();
            event.currentTarget.blur();
          }}
          className="h-8 w-full rounded-sm border border-line bg-raised pr-2 pl-8 font-mono text-small hover:border-edge"
        />
      </div>
      <LogButton label="Case counts" isOn={!ignoreCase} onClick={() => setIgnoreCase(!ignoreCase)}>
        Aa
      </LogButton>
      <LogButton label="Previous place (N)" onClick={() => find("previous")}>
        <ChevronUp aria-hidden className="size-4" />
      </LogButton>
      <LogButton label="Next place (n)" onClick={() => find("next")}>
        <ChevronDown aria-hidden className="size-4" />
      </LogButton>
      {search.wanted && (
        <LogButton
          label="End the search"
          onClick={() => {
            setText("");
            search.clear();
          }}
        >
          <X aria-hidden className="size-4" />
        </LogButton>
      )}
      <span role="status" className="min-w-0 truncate text-quiet text-small">
        {search.said}
      </span>
    </search>
  );
}
