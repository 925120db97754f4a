/** Variables of the environment as people write them, `NAME=value` a line. Pure. */

export type EnvironmentText = { env: Record<string, string>; problem: string | null };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function parseEnvironment(text: string): EnvironmentText {
  const env: Record<string, string> = {};
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const equals = line.indexOf("=");
    const name = line.slice(0, Math.max(equals, 0)).trim();
    if (!NAME.test(name)) return { env: {}, problem: `Line ${index + 1}: expected NAME=value, got “${line.trim()}”` };
    env[name] = line.slice(equals + 1);
  }
  return { env, problem: null };
}
