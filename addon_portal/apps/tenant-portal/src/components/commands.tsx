import { Search } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Dialog } from "@/components/dialog";
import { PaletteField } from "@/components/palette/palette-field";
import { useGlobalHotkey, useHotkeyListener } from "@/hooks/use-hotkey";
import type { Asked } from "@/hooks/use-palette-offers";

const Palette = lazy(() => import("@/components/palette/palette"));
const AskedDialog = lazy(() => import("@/components/palette/asked-dialog"));
const WHAT = "Find a project or a run, or do something";

/** The keys of every page, and what they open, which is loaded then. */
export function Commands() {
  /** What was typed into the palette; null while it is closed. */
  const [typed, setTyped] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const open = () => setTyped("");
  const close = () => setTyped(null);
  useHotkeyListener();
  useGlobalHotkey("mod+k", WHAT, open);
  useGlobalHotkey("/", WHAT, open); // pages that have a search put the key on it
  useGlobalHotkey("?", "These keys", () => setAsked({ act: "keys" }));
  const ask = (next: Asked) => {
    close();
    setAsked(next);
  };
  return (
    <>
      <button
        type="button"
        onClick={open}
        aria-label={WHAT}
        title={`${WHAT} (Ctrl K)`}
        className="grid size-8 place-items-center rounded-sm text-quiet hover:bg-hover hover:text-ink"
      >
        <Search aria-hidden="true" className="size-4" />
      </button>
      {typed !== null && (
        <Dialog isOpen onOpenChange={(isOpen) => isOpen || close()} title="Commands" isBare>
          <Suspense fallback={<PaletteField typed={typed} onType={setTyped} />}>
            <Palette typed={typed} onType={setTyped} onClose={close} onAsk={ask} />
          </Suspense>
        </Dialog>
      )}
      <Suspense fallback={<Opening />}>
        {asked && <AskedDialog asked={asked} onClose={() => setAsked(null)} />}
      </Suspense>
    </>
  );
}

/** Stands in front already while a dialog is loaded: keys that are pressed meanwhile are not meant for the page. */
function Opening() {
  return <div role="dialog" aria-busy="true" aria-label="Opening" className="sr-only" />;
}
