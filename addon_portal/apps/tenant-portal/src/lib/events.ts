/**
 * One connection per tab over which everything comes that happens, and how it is brought into what is shown.
 *
 * Promises: resumes where it stopped (`Last-Event-ID`), at most one render per frame, says when it is away, and reads
 * anew what is shown once it is back, since not all kinds of events are repeated. Nothing polls while it lives.
 */
import type { QueryClient } from "@tanstack/react-query";
import { headersFor, loggedOut } from "@/lib/api";
import { noteConnection } from "@/lib/connection";
import { type Batch, emptyBatch, isEmpty, withMessage } from "@/lib/event-batch";
import { applyBatch } from "@/lib/live-cache";
import { noteRefusal, untilBack } from "@/lib/shown-tenant";
import { MessageReader } from "@/lib/sse";

/** The portal writes a comment every 15 seconds; a connection that is silent for longer than two of them is dead. */
const SILENCE_MS = 35_000;
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000];
const HIDDEN_FRAME_MS = 500;

/** Follow the tenant's events until the signal; what happens goes into the cache. */
export async function followEvents(cache: QueryClient, signal: AbortSignal): Promise<void> {
  const reader = new MessageReader();
  const frames = new Frames((batch) => applyBatch(cache, batch));
  for (let failures = 0; !signal.aborted; ) {
    const opened = await followOnce(reader, frames, signal, () => {
      failures = 0;
      noteConnection("live");
      void cache.invalidateQueries();
    });
    if (opened === "logged out" || signal.aborted) return;
    if (opened === "elsewhere") {
      noteConnection("elsewhere");
      await untilBack(signal);
      continue;
    }
    noteConnection("away");
    await pause(PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)] ?? 0, signal);
  }
}

async function followOnce(reader: MessageReader, frames: Frames, signal: AbortSignal, onOpen: () => void) {
  const silence = new Silence(signal);
  try {
    const headers = { ...headersFor("GET"), ...(reader.lastEventId && { "Last-Event-ID": reader.lastEventId }) };
    const answer = await fetch("/api/tenant/events", {
      signal: silence.signal,
      cache: "no-store",
      headers,
    });
    if (answer.status === 401) {
      loggedOut();
      return "logged out";
    }
    if (answer.status === 409 && noteRefusal(await answer.json())) return "elsewhere";
    if (!answer.ok || !answer.body) return "refused";
    onOpen();
    reader.restart();
    const chunks = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await chunks.read(); !part.done; part = await chunks.read()) {
      silence.isBroken();
      for (const message of reader.read(part.value)) frames.add((batch) => withMessage(batch, message));
    }
  } catch {
    // However it ended, it is away now; why is nothing that anybody could act on.
  } finally {
    silence.end();
  }
  return "ended";
}

/** Ends a connection over which nothing comes any more, although nobody closed it. */
class Silence {
  readonly #own = new AbortController();
  readonly signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#own.signal]);
    this.isBroken();
  }

  isBroken() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#own.abort(), SILENCE_MS);
  }

  end() {
    clearTimeout(this.#timer);
  }
}

/** Gathers events until the next frame; in a hidden tab there are none, and a clock takes their place. */
class Frames {
  #batch = emptyBatch();
  #isAsked = false;
  readonly #apply: (batch: Batch) => void;

  constructor(apply: (batch: Batch) => void) {
    this.#apply = apply;
  }

  add(change: (batch: Batch) => Batch) {
    this.#batch = change(this.#batch);
    if (this.#isAsked) return;
    this.#isAsked = true;
    if (document.hidden) setTimeout(() => this.#flush(), HIDDEN_FRAME_MS);
    else requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    const batch = this.#batch;
    this.#batch = emptyBatch();
    this.#isAsked = false;
    if (!isEmpty(batch)) this.#apply(batch);
  }
}

/** Until the time is over, the network is back, or somebody looks at the tab again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wakers = new AbortController();
    const wake = () => {
      clearTimeout(timer);
      wakers.abort();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    for (const target of [signal, window]) {
      target.addEventListener(target === signal ? "abort" : "online", wake, { signal: wakers.signal });
    }
    document.addEventListener("visibilitychange", () => document.hidden || wake(), { signal: wakers.signal });
  });
}
