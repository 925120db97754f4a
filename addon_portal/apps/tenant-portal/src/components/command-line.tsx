import { commandText } from "@/lib/command";

/** A command as it would be typed, with the lines that it has: a script in it is read as it was written. */
export function CommandLine({ command }: { command: readonly string[] }) {
  return <code className="whitespace-pre-wrap wrap-anywhere">{commandText(command)}</code>;
}
