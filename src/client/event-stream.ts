/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** "message" unless the server names it. */
  readonly type: string;
  readonly data: string;
  /** The last id that the stream told so far; "" for none. */
  readonly id: string;
}

/**
 * Reads a `text/event-stream` as it comes, in pieces of any length (WHATWG HTML, section 9.2.6).
 * `retry` is left out: how long to wait is the client's own affair.
 */
export class EventReader {
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end has not come. */
  #rest = "";
  #afterReturn = false;
  #type = "";
  #data: string[] = [];
  #id = "";

  /** The events that `bytes` complete. */
  read(bytes: Uint8Array): StreamEvent[] {
    const lines = (this.#rest + this.#text(bytes)).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => (line === "" ? this.#dispatch() : this.#field(line)));
  }

  /** A line feed belongs to the carriage return before it, in whichever piece that came. */
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
