/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** "message" unless the server names it. */
  readonly type: string;
  readonly data: string;
  /** The last id of the stream so far; "" for none. */
  readonly id: string;
}

/**
 * Parses a `text/event-stream` that arrives in pieces of any length (WHATWG HTML, section 9.2.6).
 * Ignores `retry`: the client has its own backoff.
 */
export class EventReader {
  readonly #decoder = new TextDecoder();
  /** The beginning of an incomplete line. */
  #rest = "";
  #afterReturn = false;
  #type = "";
  #data: string[] = [];
  #id = "";

  /** Returns the events that are complete with `bytes`. */
  read(bytes: Uint8Array): StreamEvent[] {
    const lines = (this.#rest + this.#text(bytes)).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => (line === "" ? this.#dispatch() : this.#field(line)));
  }

  /** Drops a line feed whose carriage return was at the end of the previous piece. */
  #text(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return text;
    const rest = this.#afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    this.#afterReturn = text.endsWith("\r");
    return rest;
  }

  #field(line: string): [] {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    return [];
  }

  #dispatch(): StreamEvent[] {
    const [data, type] = [this.#data, this.#type || "message"];
    this.#data = [];
    this.#type = "";
    return data.length === 0 ? [] : [{ type, data: data.join("\n"), id: this.#id }];
  }
}
