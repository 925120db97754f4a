/** What of the settings stands in the address. Pure. */

export type SettingsSearch = { webhook?: string; revoked?: true };

export function settingsSearch({ webhook, revoked }: Record<string, unknown>): SettingsSearch {
  return { ...(typeof webhook === "string" && { webhook }), ...(revoked === true && { revoked }) };
}
