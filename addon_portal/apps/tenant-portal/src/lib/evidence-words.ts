/** Why the portal says of a run what it says: its evidence in words, first what matters most. Pure. */
import type { Evidence } from "@/lib/run-details";
import { actorName } from "@/lib/run-words";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

const NAMES: Readonly<Record<string, string>> = {
  wait_status: "wait status",
  exit_code: "exit code",
  signal_name: "signal",
  oom_kills: "kills by the kernel for memory",
  max_runtime_seconds: "time limit (s)",
  stall_seconds: "silence allowed (s)",
  last_seen_alive_at: "last seen alive",
  found_dead_at: "found dead",
  stop_requested_at: "stop asked for",
  signals_sent: "signals that the portal sent",
};

const SOURCES: Readonly<Record<string, string>> = {
  shim: "its shim, the parent of the program",
  keeper: "the keeper, which had taken the program over",
  kernel: "the kernel",
  records: "the records that it left",
  nobody: "nobody",
};

/** Which the wait status and the name of the signal say already. */
const SAID_OTHERWISE = new Set(["signal", "exit_code", "core_dumped"]);

export function evidenceFacts({ ending }: Evidence): Fact[] {
  if (ending === null) return [];
  const source = typeof ending.source === "string" ? ending.source : null;
  const facts = isRecord(ending.facts) ? ending.facts : {};
  return [
    ...(source === null ? [] : [{ name: "seen by", value: SOURCES[source] ?? source }]),
    ...Object.entries(facts)
      .filter(([name]) => !SAID_OTHERWISE.has(name))
      .map(([name, value]) => ({ name: NAMES[name] ?? name.replaceAll("_", " "), value: factText(name, value) })),
  ];
}

export function evidenceNotes({ ending }: Evidence): string[] {
  return Array.isArray(ending?.notes) ? ending.notes.map(String) : [];
}

function factText(name: string, value: unknown): string {
  if (name === "stopped_by" && typeof value === "string") return actorName(value);
  if (name === "wait_status" && typeof value === "number") return waitStatusText(value);
  if (name === "signals_sent" && Array.isArray(value))
    return value.length === 0 ? "none" : value.map(signalText).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** As wait(2) tells how a process ended: `exited, 3` or `killed by signal 9`. */
export function waitStatusText(status: number): string {
  const signal = status & 0x7f;
  if (signal === 0) return `${status}: exited, ${(status >> 8) & 0xff}`;
  return `${status}: killed by signal ${signal}${status & 0x80 ? ", core dumped" : ""}`;
}

function signalText(sent: unknown): string {
  if (!isRecord(sent)) return String(sent);
  const { signal, signal_name, why } = sent;
  return [signal_name ?? signal, why].filter((part) => part !== undefined && part !== null).join(" for ");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What somebody gave as the reason for what an entry of the journal tells; null for none. */
export function noteOf(entry: Evidence["journal"][number] | undefined): string | null {
  const note = entry?.detail.note;
  return typeof note === "string" && note ? note : null;
}
