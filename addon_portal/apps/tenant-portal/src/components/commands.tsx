import { Search } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useGlobalHotkey, useHotkeyListener } from "@/hooks/use-hotkey";
import type { Asked } from "@/hooks/use-palette-offers";

const Palette = lazy(() => import("@/components/palette/palette"));
const AskedDialog = lazy(() => import("@/components/palette/asked-dialog"));

/** The keys of every page, and what they open, which is loaded then. */
export function Commands() {
  const [isOpen, setOpen] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  useHotkeyListener();
  useGlobalHotkey("mod+k", "Find a project or a run, or do something", () => setOpen(true));
  useGlobalHotkey("/", "Search", () => focusSearch() || setOpen(true));
  useGlobalHotkey("?", "These keys", () => setAsked({ act: "keys" }));
  const ask = (next: Asked) => {
    setOpen(false);
    setAsked(next);
  };
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label="Find a project or a run, or do something"
        title="Find a project or a run, or do something (Ctrl K)"
        className="grid size-8 place-items-center rounded-sm text-quiet hover:bg-hover hover:text-ink"
      >
        <Search aria-hidden="true" className="size-4" />
      </button>
      <Suspense fallback={null}>
        {isOpen && <Palette onClose={() => setOpen(false)} onAsk={ask} />}
        {asked && <AskedDialog asked={asked} onClose={() => setAsked(null)} />}
      </Suspense>
    </>
  );
}

/** The search of the page, where it has one. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
  field?.focus();
  field?.select();
  return field !== null;
}
