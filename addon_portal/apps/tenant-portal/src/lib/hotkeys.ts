/**
 * The keys that do something now: one list, so that the help tells exactly those in force. Of two for the same key a
 * page's comes before the frame's, and what was put on later before what was there.
 */

export interface Hotkey {
  /** As `KeyboardEvent.key` says it; `mod+k` with Ctrl or Cmd. */
  readonly key: string;
  /** What it does, for the help. */
  readonly what: string;
  readonly act: () => void;
  /** Of the frame around all pages. */
  readonly isGlobal: boolean;
}

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

export class Hotkeys {
  #all: readonly Hotkey[] = [];
  readonly #listeners = new Set<() => void>();

  /** In force until what is returned is called. */
  readonly add = (hotkey: Hotkey): (() => void) => {
    this.#change([...this.#all, hotkey]);
    return () => this.#change(this.#all.filter((each) => each !== hotkey));
  };

  /** Each key once, those of the page first. */
  readonly inForce = (): readonly Hotkey[] => this.#inForce;
  #inForce: readonly Hotkey[] = [];

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  find({ key, ctrlKey, metaKey, altKey }: Pressed): Hotkey | undefined {
    if (altKey) return undefined;
    const name = ctrlKey || metaKey ? `mod+${key.toLowerCase()}` : key;
    return this.#inForce.find((hotkey) => hotkey.key === name);
  }

  #change(all: readonly Hotkey[]) {
    this.#all = all;
    const latest = new Map(all.toSorted(byRank).map((hotkey) => [hotkey.key, hotkey]));
    this.#inForce = [...latest.values()].toSorted((a, b) => byRank(b, a));
    for (const listener of this.#listeners) listener();
  }
}

const byRank = (a: Hotkey, b: Hotkey) => Number(b.isGlobal) - Number(a.isGlobal);

export const hotkeys = new Hotkeys();

const TYPING = 'textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"])';
const IN_FRONT = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

/** Whether a key is meant for something else: somebody types, or something stands in front of the page. */
export function isTaken(target: EventTarget | null): boolean {
  return (target instanceof Element && target.closest(TYPING) !== null) || document.querySelector(IN_FRONT) !== null;
}
