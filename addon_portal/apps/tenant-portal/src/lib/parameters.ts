/** Parameters as people write them: a JSON object, or nothing. Pure. */
import type { Schemas } from "@/lib/api";

export type Parameters = Record<string, Schemas["JsonValue"]>;

export function parseParameters(text: string): { parameters: Parameters | null; problem: string | null } {
  if (!text.trim()) return { parameters: null, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { parameters: value as Parameters, problem: null };
    }
    return { parameters: null, problem: 'Expected an object such as {"day": "2026-11-29"}.' };
  } catch (error) {
    return { parameters: null, problem: `No JSON: ${error instanceof Error ? error.message : error}` };
  }
}
