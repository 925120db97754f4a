export const PALETTE_HINT = "A project, a run, or what to do";
export const PALETTE_FIELD = "h-12 w-full border-line border-b bg-transparent px-4 text-lead outline-none";
export const PALETTE_LIST = "h-[min(60vh,24rem)] overflow-y-auto p-2";

/** In the place of the palette while it is loaded: what is typed meanwhile is not lost, and does nothing else. */
export function PaletteField({ typed, onType }: { typed: string; onType: (text: string) => void }) {
  return (
    <>
      <input
        ref={(field) => field?.focus()}
        aria-label={PALETTE_HINT}
        aria-busy="true"
        value={typed}
        onChange={(event) => onType(event.target.value)}
        placeholder={PALETTE_HINT}
        className={PALETTE_FIELD}
      />
      <div className={PALETTE_LIST} />
    </>
  );
}
