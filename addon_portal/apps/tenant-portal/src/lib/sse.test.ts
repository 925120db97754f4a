import { describe, expect, it } from "vitest";
import { MessageReader } from "@/lib/sse";

const STREAM =
  'retry: 1000\n\nevent: host\ndata: {"unreachable":false}\n\nid: 7\n: from here on\n\nevent: run\nid: 8\ndata: {"a":1}\n\n: keepalive\n\n';

describe("reading server-sent events", () => {
  it("gives what is complete, in order, and nothing for comments", () => {
    expect(new MessageReader().read(STREAM)).toEqual([
      { event: "host", data: '{"unreachable":false}' },
      { event: "run", data: '{"a":1}' },
    ]);
  });

  it("gives the same wherever the text is cut", () => {
    const whole = new MessageReader().read(STREAM);
    for (let cut = 1; cut < STREAM.length; cut++) {
      const reader = new MessageReader();
      expect([...reader.read(STREAM.slice(0, cut)), ...reader.read(STREAM.slice(cut))]).toEqual(whole);
    }
  });

  it("reads lines that end with CR LF, cut between the two as well", () => {
    const reader = new MessageReader();
    expect([...reader.read("data: a\r"), ...reader.read("\n\r\n")]).toEqual([{ event: "message", data: "a" }]);
  });

  it("keeps the place to go on from, also where it came with a comment alone", () => {
    const reader = new MessageReader();
    reader.read("id: 7\n: from here on\n\n");
    expect(reader.lastEventId).toBe("7");
    reader.read("event: log\ndata: {}\n\n");
    expect(reader.lastEventId).toBe("7");
  });

  it("forgets half a message of a connection that broke, but not the place", () => {
    const reader = new MessageReader();
    reader.read("id: 7\ndata: 1\n\nevent: run\ndata: {");
    reader.restart();
    expect(reader.read("event: host\ndata: {}\n\n")).toEqual([{ event: "host", data: "{}" }]);
    expect(reader.lastEventId).toBe("7");
  });
});
