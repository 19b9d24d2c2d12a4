import { formOf, type SentPart } from "./form-sender.ts";
import { send, type WholeAnswer } from "./http-client.ts";

/** A chunk as a client of drf-chunked-upload sends it. */
export interface DrfChunk {
  readonly bytes: Uint8Array;
  /** `Content-Range`; null for none. `start` and `total` make it up when it is left out. */
  readonly range?: string | null;
  readonly start?: number;
  readonly total?: number;
  /** The name in the part itself; null for a part that names no file. */
  readonly partName?: string | null;
  readonly type?: string;
  /** Small fields before the file; the original's README sends `filename`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Small fields behind the file. */
  readonly later?: Readonly<Record<string, string>>;
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What such a client knows: where the view is, and its token. */
export class DrfClient {
  /** The collection, with its slash. */
  readonly at: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.at = `${origin}/api/chunked_upload/`;
    this.headers = headers;
  }

  static by(origin: string, token: string): DrfClient {
    return new DrfClient(origin, { authorization: `Token ${token}` });
  }

  urlOf(id: string): string {
    return `${this.at}${id}/`;
  }

  /** PUT of a chunk; to the collection when `url` is left out. */
  put(chunk: DrfChunk, url = this.at): Promise<WholeAnswer> {
    const { bytes, start = 0, total = bytes.length } = chunk;
    const made = `bytes ${start}-${start + bytes.length - 1}/${total}`;
    const range = chunk.range === undefined ? made : chunk.range;
    const headers = range === null ? {} : { "content-range": range };
    return this.send("PUT", url, {
      parts: partsOf(chunk),
      headers: { ...headers, ...chunk.headers },
    });
  }

  /** POST of a whole file. */
  whole(chunk: DrfChunk): Promise<WholeAnswer> {
    return this.send("POST", this.at, { parts: partsOf(chunk), headers: chunk.headers });
  }

  /** POST of a checksum, or of whatever else: urlencoded, as `requests` sends `data`. */
  complete(url: string, fields: Readonly<Record<string, string>>): Promise<WholeAnswer> {
    const body = new URLSearchParams(fields).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return this.ask("POST", url, { headers: type, body });
  }

  /** Any multipart request. */
  send(
    method: string,
    url: string,
    form: { parts: readonly SentPart[]; headers?: Readonly<Record<string, string>> | undefined },
  ): Promise<WholeAnswer> {
    const made = formOf(form.parts);
    const headers = { ...made.headers, ...form.headers };
    return this.ask(method, url, { headers, body: made.bytes() });
  }

  ask(
    method: string,
    url: string,
    ask: { headers?: Readonly<Record<string, string>>; body?: string | Uint8Array } = {},
  ): Promise<WholeAnswer> {
    const headers = { ...this.headers, ...ask.headers };
    return send(url, { method, headers, ...(ask.body === undefined ? {} : { body: ask.body }) });
  }
}

/** The parts of a request with a chunk in it. */
export function partsOf(chunk: DrfChunk): SentPart[] {
  const { bytes, fields = { filename: "afile" }, later = {}, partName = "chunk", type } = chunk;
  const small = (all: Readonly<Record<string, string>>): SentPart[] =>
    Object.entries(all).map(([name, body]) => ({ name, body }));
  const file: SentPart = {
    name: chunk.field ?? "file",
    ...(partName === null ? {} : { filename: partName }),
    ...(type === undefined ? {} : { type }),
    body: bytes,
  };
  return [...small(fields), file, ...small(later)];
}

/** An answer's JSON as tests compare it. */
export function said(answer: WholeAnswer): Record<string, unknown> & { id: string; url: string } {
  return answer.json() as Record<string, unknown> & { id: string; url: string };
}
