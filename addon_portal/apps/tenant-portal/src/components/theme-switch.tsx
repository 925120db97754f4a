import { Monitor, Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";
import { chooseTheme, onThemeChoice, type ThemeChoice, themeChoice } from "@/lib/theme";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** The theme in turn: as the system, light, dark. */
export function ThemeSwitch() {
  const choice = useSyncExternalStore(onThemeChoice, themeChoice);
  const Icon = ICONS[choice];
  return (
    <button
      type="button"
      onClick={() => chooseTheme(NEXT[choice])}
      aria-label={`Theme: ${choice}. Change to ${NEXT[choice]}`}
      title={`Theme: ${choice}`}
      className="grid size-8 place-items-center rounded-sm text-quiet hover:bg-hover hover:text-ink"
    >
      <Icon aria-hidden="true" className="size-4" />
    </button>
  );
}
