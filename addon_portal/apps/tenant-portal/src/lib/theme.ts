/** Light, dark, or whatever the system says; kept in this browser. `public/theme.js` applies it before the first paint. */

export type ThemeChoice = "system" | "light" | "dark";

const KEY = "theme";
const systemIsDark = () => window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export function themeChoice(): ThemeChoice {
  const kept = read();
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(choice: ThemeChoice) {
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Then it holds for this visit.
  }
  apply(choice);
  for (const listener of listeners) listener();
}

/** For React's useSyncExternalStore. */
export function onThemeChoice(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keep to the system's theme as it changes, and to a choice made in another tab. */
export function followSystemTheme() {
  systemIsDark().addEventListener("change", () => apply(themeChoice()));
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    apply(themeChoice());
    for (const listener of listeners) listener();
  });
}

function apply(choice: ThemeChoice) {
  const dark = choice === "dark" || (choice === "system" && systemIsDark().matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
