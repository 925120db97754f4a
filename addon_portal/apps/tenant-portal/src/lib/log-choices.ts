/** How a person likes to read logs, kept in this browser. */

const KEY = "log-choices";

export interface LogChoices {
  /** Long lines in several rows; null where the person has not said, and the width of the screen decides. */
  readonly wrap: boolean | null;
  readonly times: boolean;
}

export function keptChoices(): LogChoices {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const { wrap, times } = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
    return { wrap: typeof wrap === "boolean" ? wrap : null, times: times === true };
  } catch {
    return { wrap: null, times: false };
  }
}

export function keepChoices(choices: LogChoices) {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // Then they last as long as the page.
  }
}
