/** What the command palette offers for what was typed. Pure; what each does is the components' business. */

export interface Offer {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  /** Said beside it, and found as well. */
  readonly hint?: string | undefined;
  readonly act: () => void;
  /** The palette has more to say afterwards. */
  readonly staysOpen?: boolean;
}

/** Those in which every word that was typed stands somewhere, groups as they came; names that begin so come first. */
export function foundOffers(offers: readonly Offer[], typed: string): readonly Offer[] {
  const words = wordsOf(typed);
  if (!words.length) return offers;
  const found = offers.filter(({ label, hint = "", group }) => {
    const text = `${label} ${hint} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const groups = [...new Set(found.map(({ group }) => group))];
  const begins = ({ label }: Offer) => label.toLowerCase().startsWith(words.join(" "));
  return found.toSorted(
    (a, b) => groups.indexOf(a.group) - groups.indexOf(b.group) || Number(begins(b)) - Number(begins(a)),
  );
}

/** The group's offers together, in the order in which the groups came first. */
export function groupsOf(offers: readonly Offer[]): readonly (readonly [string, readonly Offer[]])[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) groups.set(offer.group, [...(groups.get(offer.group) ?? []), offer]);
  return [...groups];
}

const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);
