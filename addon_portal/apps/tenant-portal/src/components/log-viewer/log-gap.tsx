import { Button } from "@/components/button";

/** Below what is still loaded of a part that was removed while somebody read it. */
export function LogGap({ onGo }: { onGo: () => void }) {
  return (
    <div className="sticky left-0 flex max-w-full flex-wrap items-center gap-2 border-amber border-t bg-amber-wash px-3 py-2 font-sans text-base">
      <p>What follows here was removed meanwhile: the run has written more than is kept of its output.</p>
      <Button onClick={onGo}>Go on at the oldest line that is kept</Button>
    </div>
  );
}
