import { describe, expect, it } from "vitest";
import { evidenceFacts, waitStatusText } from "@/lib/evidence-words";
import type { Evidence } from "@/lib/run-details";

const evidence = (ending: Evidence["ending"]) => ({ ending }) as Evidence;

describe("evidence in words", () => {
  it("says who saw what", () => {
    const facts = { wait_status: 768, signals_sent: [], exit_code: 3 };
    expect(evidenceFacts(evidence({ facts, source: "shim", notes: [] }))).toEqual([
      { name: "seen by", value: "its shim, the parent of the program" },
      { name: "wait status", value: "768: exited, 3" },
      { name: "signals that the portal sent", value: "none" },
    ]);
  });

  it("says whose stop it was", () => {
    const facts = { signal: 15, signal_name: "SIGTERM", core_dumped: false, stopped_by: "key:alice" };
    expect(evidenceFacts(evidence({ facts }))).toEqual([
      { name: "signal", value: "SIGTERM" },
      { name: "stopped by", value: "alice" },
    ]);
  });

  it("keeps what it has no words for", () => {
    expect(evidenceFacts(evidence({ facts: { new_fact: { a: 1 } }, source: "somebody" }))).toEqual([
      { name: "seen by", value: "somebody" },
      { name: "new fact", value: '{"a":1}' },
    ]);
    expect(evidenceFacts(evidence(null))).toEqual([]);
  });

  it("reads a wait status as wait(2) does", () => {
    expect(waitStatusText(0)).toBe("0: exited, 0");
    expect(waitStatusText(9)).toBe("9: killed by signal 9");
    expect(waitStatusText(139)).toBe("139: killed by signal 11, core dumped");
  });
});
