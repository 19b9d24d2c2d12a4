import { send, type WholeAnswer } from "./http-client.ts";

export type TusHeaders = Readonly<Record<string, string>>;

export const TUS_TYPE = "application/offset+octet-stream";

/** Requests as a tus client sends them, by hand: every header can be another one, or none (""). */
export interface TusCaller {
  /** The place where uploads are created. */
  readonly endpoint: string;
  readonly headers: TusHeaders;
  ask(method: string, url: string, ask?: TusAsk): Promise<WholeAnswer>;
  /** Creates an upload, which must succeed; answers its URL. */
  create(headers: TusHeaders, body?: TusAsk["body"]): Promise<string>;
  /** Sends a body that begins `at` this offset. */
  patch(url: string, ask: TusAsk & { readonly at: number }): Promise<WholeAnswer>;
  head(url: string): Promise<WholeAnswer>;
}

export interface TusAsk {
  readonly headers?: TusHeaders;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

/** A tus client of the server at `url`; `credential` is what identifies it. */
export function tusCaller(url: string, credential: TusHeaders): TusCaller {
  const endpoint = `${url}/api/tus`;
  const headers = { ...credential, "tus-resumable": "1.0.0" };
  const ask: TusCaller["ask"] = (method, target, asked = {}) => {
    const all = Object.entries({ ...headers, ...lengthOf(asked.body), ...asked.headers });
    const given = Object.fromEntries(all.filter(([, value]) => value !== ""));
    const { body } = asked;
    return send(target, { method, headers: given, ...(body === undefined ? {} : { body }) });
  };
  return {
    endpoint,
    headers,
    ask,
    async create(asked, body) {
      const answer = await ask("POST", endpoint, { headers: asked, ...(body && { body }) });
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`);
      return String(answer.headers.location);
    },
    patch: (target, { at, body, headers: more }) =>
      ask("PATCH", target, {
        headers: { "content-type": TUS_TYPE, "upload-offset": String(at), ...more },
        ...(body !== undefined && { body }),
      }),
    head: (target) => ask("HEAD", target),
  };
}

function lengthOf(body: TusAsk["body"]): TusHeaders {
  if (body === undefined) return { "content-length": "0" };
  if (typeof body === "string") return { "content-length": String(Buffer.byteLength(body)) };
  return body instanceof Uint8Array ? { "content-length": String(body.length) } : {};
}

/** Creates a final of so many empty parts; returns its URL. */
export async function createFinal(tus: TusCaller, parts: number): Promise<string> {
  const urls: string[] = [];
  while (urls.length < parts) {
    const some = Array.from({ length: Math.min(20, parts - urls.length) }, () =>
      tus.create({ "upload-concat": "partial", "upload-length": "0" }),
    );
    urls.push(...(await Promise.all(some)));
  }
  return tus.create({ "upload-concat": `final;${urls.join(" ")}` });
}

/** The id in an upload's URL. */
export function idOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** The value of an `Upload-Metadata` header. */
export function metadataOf(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`)
    .join(",");
}

/** The value of an `Upload-Checksum` header, from a digest in hex. */
export function checksumOf(algorithm: string, hex: string): string {
  return `${algorithm} ${Buffer.from(hex, "hex").toString("base64")}`;
}
