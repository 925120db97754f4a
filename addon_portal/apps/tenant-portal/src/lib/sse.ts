/**
 * Server-sent events out of the text of an answer. The browser's own reader would hide the comments by which a dead
 * connection is told from a quiet one, and the status of an answer that is no stream; hence this one, as the standard
 * describes it. Pure: text in, messages out.
 */

export type Message = { event: string; data: string };

export class MessageReader {
  /** From where on a reader goes on: sent as `Last-Event-ID`. */
  lastEventId: string | null = null;

  #rest = "";
  #event = "";
  #data: string[] = [];

  /** The messages that are complete with this text. */
  read(text: string): Message[] {
    const messages: Message[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line) this.#field(line);
      else this.#dispatch(messages);
    }
    return messages;
  }

  /** A new connection begins in the middle of nothing. */
  restart() {
    this.#rest = "";
    this.#event = "";
    this.#data = [];
  }

  #field(line: string) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (name === "event") this.#event = value;
    if (name === "data") this.#data.push(value);
    if (name === "id" && !value.includes("\0")) this.lastEventId = value;
  }

  #dispatch(messages: Message[]) {
    if (this.#data.length) messages.push({ event: this.#event || "message", data: this.#data.join("\n") });
    this.#event = "";
    this.#data = [];
  }
}
