/** Commands between a line that people read and write, and the words that are executed. No shell is involved. Pure. */

export type CommandText = { command: string[]; problem: string | null };

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** As it would be typed: quoted only where it has to be. */
export function commandText(command: readonly string[]): string {
  return command.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

/** Words between spaces; '…' as it stands, "…" with \" and \\, and \ before any other character. */
export function parseCommand(line: string): CommandText {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (quote === "'") {
      if (letter === "'") quote = null;
      else word += letter;
    } else if (letter === "\\" && (quote === null || '"\\'.includes(line[at + 1] ?? ""))) {
      word = (word ?? "") + (line[++at] ?? "");
    } else if (quote === '"') {
      if (letter === '"') quote = null;
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote) return { command: [], problem: `A ${quote} is opened and not closed.` };
  if (word !== null) words.push(word);
  return { command: words, problem: words.length ? null : "A command has at least one word." };
}
