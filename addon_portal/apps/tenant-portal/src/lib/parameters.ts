/** Parameters as people write them: a JSON object, or nothing. Pure. */
import type { Schemas } from "@/lib/api";

export type Parameters = Record<string, Schemas["JsonValue"]>;

/** Of text that is JSON: its strings, to be passed over, and its numbers. */
const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

export function parseParameters(text: string): { parameters: Parameters | null; problem: string | null } {
  if (!text.trim()) return { parameters: null, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    const changed = changedNumber(text);
    if (changed) {
      const problem = `${changed} is too large a number for this page, which would change it. Write it in quotes, as text, or set it by the API or addon-portal.`;
      return { parameters: null, problem };
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { parameters: value as Parameters, problem: null };
    }
    return { parameters: null, problem: 'Expected an object such as {"day": "2026-11-29"}.' };
  } catch (error) {
    return { parameters: null, problem: `No JSON: ${error instanceof Error ? error.message : error}` };
  }
}

/** The first number that would be sent as another one than is written. */
function changedNumber(json: string): string | undefined {
  const numbers = json.match(STRINGS_AND_NUMBERS)?.filter((token) => !token.startsWith('"'));
  return numbers?.find((token) =>
    /^-?\d+$/.test(token) ? !Number.isSafeInteger(Number(token)) : !Number.isFinite(Number(token)),
  );
}
