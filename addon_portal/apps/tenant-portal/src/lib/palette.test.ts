import { describe, expect, it } from "vitest";
import { foundOffers, groupsOf, type Offer } from "@/lib/palette";

const offer = (group: string, label: string, hint?: string): Offer => ({
  id: label,
  group,
  label,
  hint,
  act: () => {},
});

const OFFERS = [
  offer("This project", "Restart nightly-etl", "#4"),
  offer("Projects", "after-nightly"),
  offer("Projects", "nightly-etl"),
  offer("Pages", "Status"),
];

describe("what is offered", () => {
  it("is everything while nothing is typed", () => {
    expect(foundOffers(OFFERS, "  ")).toEqual(OFFERS);
  });

  it("has every word that was typed, in any case and order", () => {
    expect(foundOffers(OFFERS, "ETL restart").map(({ label }) => label)).toEqual(["Restart nightly-etl"]);
    expect(foundOffers(OFFERS, "nothing such")).toEqual([]);
  });

  it("begins, within its group, with names that begin so", () => {
    const labels = foundOffers(OFFERS, "nightly").map(({ label }) => label);
    expect(labels).toEqual(["Restart nightly-etl", "nightly-etl", "after-nightly"]);
  });

  it("stands in its groups, in the order in which they came", () => {
    expect(groupsOf(OFFERS).map(([group, items]) => [group, items.length])).toEqual([
      ["This project", 1],
      ["Projects", 2],
      ["Pages", 1],
    ]);
  });
});
