/**
 * Reads the output of a run as bytes, by range. Promises to say where what it got begins, since the oldest part of a log
 * may be gone, and how large the log is now. Leaves when and how much to read to the view.
 */
import { headersFor } from "@/lib/api";
import { noteRefusal } from "@/lib/shown-tenant";

/** A stretch of a log: the bytes from `start` on. There were `size` bytes, those before `firstOffset` are gone. */
export interface Stretch {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly firstOffset: number;
}

export interface LogSource {
  /** The bytes [start, end), or what is there of them. */
  read(start: number, end: number, signal: AbortSignal): Promise<Stretch>;
  /** The last so many bytes. */
  readEnd(count: number, signal: AbortSignal): Promise<Stretch>;
  /** Only how large it is, as a stretch without bytes. */
  measure(signal: AbortSignal): Promise<Stretch>;
}

/** Why output cannot be read, as the portal says it. */
export class LogUnreadable extends Error {
  readonly code: string;
  /** Whether asking again may help. */
  readonly isPassing: boolean;

  constructor(code: string, message: string, isPassing: boolean) {
    super(message);
    this.name = "LogUnreadable";
    this.code = code;
    this.isPassing = isPassing;
  }
}

export function logAddress(runId: string): string {
  return `/api/tenant/runs/${encodeURIComponent(runId)}/log`;
}

/** The output of a run, over HTTP. */
export function logOfRun(runId: string): LogSource {
  return {
    read: (start, end, signal) => fetchRange(runId, `bytes=${start}-${Math.max(start, end - 1)}`, start, signal),
    readEnd: (count, signal) => fetchRange(runId, `bytes=-${count}`, 0, signal),
    measure: (signal) => fetchSize(runId, signal),
  };
}

async function fetchRange(runId: string, range: string, asked: number, signal: AbortSignal): Promise<Stretch> {
  const headers = { ...headersFor("GET"), Range: range };
  const response = await fetch(`${logAddress(runId)}/raw`, { headers, cache: "no-store", signal });
  const firstOffset = Number(response.headers.get("Log-First-Offset") ?? 0);
  const within = response.headers.get("Content-Range")?.match(/^bytes (?:(\d+)-\d+|\*)\/(\d+)$/);
  if (response.status === 416 && within) {
    const size = Number(within[2]);
    return { start: Math.max(firstOffset, Math.min(asked, size)), bytes: new Uint8Array(), size, firstOffset };
  }
  if (!response.ok) throw await asProblem(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const start = within ? Number(within[1]) : firstOffset;
  return { start, bytes, size: within ? Number(within[2]) : start + bytes.length, firstOffset };
}

async function fetchSize(runId: string, signal: AbortSignal): Promise<Stretch> {
  const headers = headersFor("HEAD");
  const response = await fetch(`${logAddress(runId)}/raw`, { method: "HEAD", headers, cache: "no-store", signal });
  if (!response.ok) throw await asProblem(response);
  const firstOffset = Number(response.headers.get("Log-First-Offset") ?? 0);
  const size = firstOffset + Number(response.headers.get("Content-Length") ?? 0);
  return { start: size, bytes: new Uint8Array(), size, firstOffset };
}

async function asProblem(response: Response): Promise<LogUnreadable> {
  const body: unknown = await response.json().catch(() => null);
  const { code, detail } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const isElsewhere = noteRefusal({ ...(body as object) });
  const message = typeof detail === "string" ? detail : `The portal answered with ${response.status}.`;
  return new LogUnreadable(typeof code === "string" ? code : "unknown", message, isElsewhere || response.status >= 500);
}
