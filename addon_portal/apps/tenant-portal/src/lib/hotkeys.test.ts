import { describe, expect, it } from "vitest";
import { Hotkeys } from "@/lib/hotkeys";

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});
const binding = (key: string, what: string, isGlobal = false) => ({ key, what, isGlobal, act: () => {} });

describe("keys in force", () => {
  it("are the page's before the frame's, whichever was put on first", () => {
    const keys = new Hotkeys();
    keys.add(binding("/", "page"));
    keys.add(binding("/", "frame", true));
    expect(keys.find(press("/"))?.what).toBe("page");
    expect(keys.inForce().map(({ what }) => what)).toEqual(["page"]);
  });

  it("come back when what hid them is gone", () => {
    const keys = new Hotkeys();
    keys.add(binding("/", "frame", true));
    const remove = keys.add(binding("/", "page"));
    remove();
    expect(keys.find(press("/"))?.what).toBe("frame");
  });

  it("are told with those of the page first, each once, and as one list until something changes", () => {
    const keys = new Hotkeys();
    keys.add(binding("?", "help", true));
    keys.add(binding("r", "restart"));
    expect(keys.inForce().map(({ key }) => key)).toEqual(["r", "?"]);
    expect(keys.inForce()).toBe(keys.inForce());
  });

  it("take Ctrl and Cmd alike, and leave what has another modifier to the browser", () => {
    const keys = new Hotkeys();
    keys.add(binding("mod+k", "palette", true));
    keys.add(binding("r", "restart"));
    expect(keys.find(press("k", { ctrlKey: true }))?.what).toBe("palette");
    expect(keys.find(press("K", { metaKey: true }))?.what).toBe("palette");
    expect(keys.find(press("k"))).toBeUndefined();
    expect(keys.find(press("r", { ctrlKey: true }))).toBeUndefined();
    expect(keys.find(press("r", { altKey: true }))).toBeUndefined();
  });
});
