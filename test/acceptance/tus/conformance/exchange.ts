import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

export interface Ask {
  readonly method: string;
  /** Sent as written: nothing is added but `Host`, `Connection` and the body's framing. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Framed as chunks, without a `Content-Length`. */
  readonly chunked?: boolean;
  /** With `Expect: 100-continue`: the body waits for the 100, or a second. */
  readonly waitsForContinue?: boolean;
  /** Sent after a chunked body. */
  readonly trailers?: Readonly<Record<string, string>>;
}

/** An answer read whole. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; undefined when absent. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** What was seen, for people: the status and the tus headers, or those named. */
  seen(...names: readonly string[]): string;
}

/** A server that answers nothing for so long is taken for silent. */
const SILENCE_MS = 30_000;
/** RFC 9110, 10.1.1: a client waits for a 100 only so long. */
const CONTINUE_MS = 1_000;

/** One request over a connection of its own, by plain node:http, which repeats and follows nothing. */
export function exchange(url: string, ask: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, ask);
    outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error("The server kept silent.")));
    outgoing.once("response", (incoming) => {
      // A refusal may come while the body is still on its way: what the line does after that is no matter.
      readAnswer(ask.method, incoming).then(resolve, reject);
    });
    outgoing.on("error", reject);
    if (ask.waitsForContinue !== true) return writeBody(outgoing, ask);
    outgoing.flushHeaders();
    const timer = setTimeout(() => writeBody(outgoing, ask), CONTINUE_MS);
    outgoing.once("continue", () => {
      clearTimeout(timer);
      writeBody(outgoing, ask);
    });
  });
}

function writeBody(outgoing: ClientRequest, { body, trailers }: Ask): void {
  if (outgoing.destroyed) return;
  if (body !== undefined && body.length > 0) outgoing.write(body);
  if (trailers !== undefined) outgoing.addTrailers(trailers);
  outgoing.end();
}

/** A request whose body is not over yet. */
export interface HeldLine {
  /** What the server says to it; null when it ends the line without a word. */
  readonly answer: Promise<Answer | null>;
  /** Ends the line. */
  drop(): void;
}

/** How long bytes are on their way to the other side of a line, at most. */
const TRAVEL_MS = 250;

/** Sends `ask.body` of a body of `length` bytes, and then nothing more. */
export async function holdLine(
  url: string,
  ask: Ask & { readonly length: number },
): Promise<HeldLine> {
  const headers = { ...ask.headers, "Content-Length": String(ask.length) };
  const outgoing = open(url, { ...ask, headers });
  const answer = new Promise<Answer | null>((resolve) => {
    outgoing.once("response", (incoming) => {
      readAnswer(ask.method, incoming).then(resolve, () => resolve(null));
    });
    outgoing.on("error", () => resolve(null));
    outgoing.once("close", () => resolve(null));
  });
  await new Promise<void>((resolve) => outgoing.write(ask.body ?? "", () => resolve()));
  await sleep(TRAVEL_MS);
  return { answer, drop: () => outgoing.destroy() };
}

function open(url: string, ask: Ask): ClientRequest {
  const { origin, protocol } = new URL(url);
  const request = protocol === "https:" ? httpsRequest : httpRequest;
  const headers: Record<string, string> = { ...ask.headers };
  const named = Object.keys(headers).some((name) => name.toLowerCase() === "content-length");
  if (ask.chunked === true) headers["Transfer-Encoding"] = "chunked";
  else if (ask.body !== undefined && !named) headers["Content-Length"] = String(ask.body.length);
  // The path as it was given: `fetch` and `URL` would tidy it.
  const path = url.slice(origin.length) || "/";
  return request(origin, { method: ask.method, path, headers, agent: false });
}

async function readAnswer(method: string, incoming: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
  const status = incoming.statusCode ?? 0;
  const header = (name: string) => {
    const value = incoming.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  return {
    status,
    header,
    body: Buffer.concat(pieces),
    seen(...names) {
      const shown = names.length > 0 ? names : Object.keys(incoming.headers).filter(isOfTus);
      const lines = shown.map((name) => `${name}: ${header(name) ?? "(absent)"}`);
      return [`${method} answered ${status}`, ...lines].join(", ");
    },
  };
}

function isOfTus(name: string): boolean {
  return /^(upload-(?!metadata)|location$)/.test(name);
}
