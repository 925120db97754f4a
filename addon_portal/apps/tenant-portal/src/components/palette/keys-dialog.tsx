import { Dialog } from "@/components/dialog";
import { useHotkeys } from "@/hooks/use-hotkey";
import type { Hotkey } from "@/lib/hotkeys";

const FIXED = [
  ["Esc", "Close what stands in front, and leave everything as it was"],
  ["Tab", "The next thing that can be used; Enter uses it"],
] as const;

/** All keys that do something on the page that is seen. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const keys = useHotkeys();
  const ofPage = keys.filter((key) => !key.isGlobal);
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || onClose()} title="Keys">
      <p className="mt-1 text-quiet">They do nothing while you type, or while something like this is open.</p>
      {ofPage.length > 0 && <Keys title="On this page" keys={ofPage.map(entryOf)} />}
      <Keys title="Everywhere" keys={[...keys.filter((key) => key.isGlobal).map(entryOf), ...FIXED]} />
    </Dialog>
  );
}

const entryOf = ({ key, what }: Hotkey) => [nameOf(key), what] as const;

const isApple = () => /Mac|iP(hone|ad)/.test(navigator.userAgent);

/** `Ctrl K`, `⌘ K`. */
export const nameOf = (key: string) =>
  key.startsWith("mod+") ? `${isApple() ? "⌘" : "Ctrl"} ${key.slice(4).toUpperCase()}` : key;

function Keys({ title, keys }: { title: string; keys: readonly (readonly [string, string])[] }) {
  return (
    <section className="mt-4">
      <h3 className="border-line border-b pb-1 font-medium">{title}</h3>
      <dl className="grid grid-cols-[5rem_1fr] gap-y-1 py-2">
        {keys.map(([key, what]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-sm border border-line bg-sunken px-1.5 py-0.5">{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
