import { describe, expect, it } from "vitest";
import { type Aim, heldRows, isAiming } from "@/lib/held-order";

type Row = { id: string; state: string };

const row = (id: string, state = "failed"): Row => ({ id, state });
const idOf = ({ id }: Row) => id;
const nowhere = () => undefined;

describe("rows of a list that is held", () => {
  it("keep their places when newer ones come, which are counted", () => {
    const held = heldRows(["b", "c"], [row("a"), row("c"), row("b")], idOf, nowhere);
    expect(held.rows.map(idOf)).toEqual(["b", "c"]);
    expect(held.fresh).toBe(1);
  });

  it("are told as they are now", () => {
    const held = heldRows(["b"], [row("b", "running")], idOf, nowhere);
    expect(held.rows).toEqual([row("b", "running")]);
  });

  it("stay when they have left the list, told by what is known of them elsewhere", () => {
    const held = heldRows(["b", "c"], [row("c")], idOf, (id) => row(id, "completed"));
    expect(held.rows).toEqual([row("b", "completed"), row("c")]);
    expect(held.fresh).toBe(0);
  });

  it("give way only where nothing at all is known of them", () => {
    expect(heldRows(["b", "c"], [row("c")], idOf, nowhere).rows).toEqual([row("c")]);
  });
});

describe("a list is held", () => {
  const nobody: Aim = { isOver: false, isOverButton: false, hasKeyboardFocus: false, isAsked: false, movedAt: 0 };

  it("while a pointer moves over it, and some seconds longer", () => {
    expect(isAiming({ ...nobody, isOver: true }, 9_999)).toBe(true);
    expect(isAiming({ ...nobody, isOver: true }, 10_001)).toBe(false);
    expect(isAiming(nobody, 1)).toBe(false);
  });

  it("for as long as a button is under the pointer, the keyboard is in it, or something is asked", () => {
    for (const reason of ["isOverButton", "hasKeyboardFocus", "isAsked"] as const) {
      expect(isAiming({ ...nobody, [reason]: true }, 3_600_000)).toBe(true);
    }
  });
});
