import { ArrowDown } from "lucide-react";
import type { ViewState } from "@/lib/log-view";
import { bytesText, countText } from "@/lib/sizes";

/** How much has come since the reader left the end, and the way back there. */
export function LogPill({ state, isOver, onFollow }: { state: ViewState; isOver: boolean; onFollow: () => void }) {
  const { isFollowing, isLoaded, newBytes, newLines } = state;
  if (isFollowing || !isLoaded) return null;
  const news = newBytes === 0 ? null : newLines ? countText(newLines, "new line") : `${bytesText(newBytes)} new`;
  return (
    <button
      type="button"
      onClick={onFollow}
      title="Go to the end and follow it (f)"
      className="absolute right-6 bottom-3 z-10 inline-flex h-8 items-center gap-1.5 rounded-sm border border-edge bg-raised px-3 shadow-popup hover:bg-hover"
    >
      <ArrowDown aria-hidden className="size-4" />
      {news ?? (isOver ? "To the end" : "Follow")}
    </button>
  );
}
