import { type Extension, NotSeen, Unmet, want } from "./check.ts";
import { type Answer, type Ask, exchange, type HeldLine, holdLine } from "./exchange.ts";
import { askOffer, type Offer } from "./offer.ts";

/** Header fields by name; null leaves out one that would be sent otherwise. */
export type HeaderFields = Readonly<Record<string, string | null>>;

/** A request of a check. */
export interface Sending extends Omit<Ask, "headers"> {
  readonly headers?: HeaderFields;
}

export interface TargetOptions {
  /** The upload creation URL. */
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** A token of somebody else, for what strangers may not do. */
  readonly strangerToken?: string | undefined;
  /** How long a check may wait for an upload to expire, in milliseconds. */
  readonly patienceMs?: number;
}

/** A server to be checked, with the requests that checks are made of. */
export interface Target {
  readonly url: string;
  readonly offer: Offer;
  readonly patienceMs: number;
  /** The same server for somebody else; null when no other token was given. */
  readonly stranger: Target | null;
  offers(extension: Extension): boolean;
  /** A request with `Tus-Resumable` and the token, unless `headers` say otherwise. */
  send(url: string, ask: Sending): Promise<Answer>;
  /** The same, with a body of which only `body` is sent, of `length` bytes; the line stays open. */
  hold(url: string, ask: Sending & { readonly length: number }): Promise<HeldLine>;
  /** Tries to create an upload. */
  post(headers: HeaderFields, body?: Uint8Array): Promise<Answer>;
  /**
   * Creates an upload and returns its URL, absolute.
   * @throws Unmet when it is refused; NotSeen when this server does not offer creation.
   */
  create(headers: HeaderFields, body?: Uint8Array): Promise<string>;
  head(url: string): Promise<Answer>;
  /** Appends `body` at `offset`; `headers` are added to those of every PATCH. */
  patch(
    url: string,
    part: { offset: number; body: Uint8Array; headers?: HeaderFields },
  ): Promise<Answer>;
  /** The offset that HEAD tells. */
  offsetOf(url: string): Promise<number>;
  /** The URL that `Location` names, absolute. */
  locate(answer: Answer): string;
}

export const offsetType = "application/offset+octet-stream";

/** Asks the server what it offers. Throws an `Error` of one sentence where no tus is spoken. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { url, token, strangerToken, patienceMs = 15_000 } = options;
  const bearer: Readonly<Record<string, string>> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const offer = await askOffer(url, bearer);
  if (offer.versions.length === 0 && offer.answer.header("tus-resumable") === undefined) {
    const { status } = offer.answer;
    throw new Error(`${url} is no tus endpoint (OPTIONS: ${status}, without Tus-Version).`);
  }
  const stranger =
    strangerToken === undefined
      ? null
      : await openTarget({ url, token: strangerToken, patienceMs });

  const fields = (headers: HeaderFields = {}) =>
    fieldsOf({ "Tus-Resumable": "1.0.0", ...bearer, ...headers });

  const target: Target = {
    url,
    offer,
    patienceMs,
    stranger,
    offers: (extension) => offer.extensions.includes(extension),
    send: (at, ask) => exchange(at, { ...ask, headers: fields(ask.headers) }),
    hold: (at, ask) => holdLine(at, { ...ask, headers: fields(ask.headers) }),
    post(headers, body) {
      const typed = body === undefined ? headers : { "Content-Type": offsetType, ...headers };
      const bytes = body ?? new Uint8Array(0);
      return target.send(url, { method: "POST", headers: typed, body: bytes });
    },
    async create(headers, body) {
      if (!target.offers("creation")) throw new NotSeen("no upload can be created");
      const answer = await target.post(headers, body);
      want(answer.status === 201, `creating an upload: ${answer.seen()}`);
      return target.locate(answer);
    },
    head: (at) => target.send(at, { method: "HEAD" }),
    patch(at, { offset, body, headers }) {
      const all = { "Content-Type": offsetType, "Upload-Offset": String(offset), ...headers };
      return target.send(at, { method: "PATCH", headers: all, body });
    },
    async offsetOf(at) {
      const answer = await target.head(at);
      const offset = answer.header("upload-offset");
      want(isSuccess(answer) && offset !== undefined, answer.seen("upload-offset"));
      return Number(offset);
    },
    locate(answer) {
      const location = answer.header("location");
      if (location === undefined) throw new Unmet(answer.seen("location"));
      const { origin } = new URL(url);
      // Relative ones are resolved; absolute ones stay as they are, tidied by nobody.
      return /^https?:/i.test(location)
        ? location
        : new URL(location, `${origin}${pathOf(url)}`).href;
    },
  };
  return target;
}

function pathOf(url: string): string {
  return url.slice(new URL(url).origin.length) || "/";
}

/** Later names win over earlier ones, whatever their case. */
function fieldsOf(headers: HeaderFields): Record<string, string> {
  const kept = new Map<string, readonly [string, string]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) kept.delete(name.toLowerCase());
    else kept.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(kept.values());
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Refused for what the client did: not an accident of the server, nor a "come again". */
export function isRefusal({ status }: Answer): boolean {
  return status >= 400 && status < 500;
}
