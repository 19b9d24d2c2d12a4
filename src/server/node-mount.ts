import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Principal } from "../core/principal.ts";
import type { Door, DoorRequest, DoorResponse, Peer } from "../doors/http/exchange.ts";
import { settleLeftover } from "./leftover.ts";
import { readBody } from "./request-body.ts";

/** One exchange on plain Node streams. */
export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly peer: Peer;
  /** True when the caller waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** A body without a byte for so long ends; null: the door sees to it itself. */
  readonly idleMs: number | null;
  readonly onPrincipal?: ((principal: Principal) => void) | undefined;
}

/**
 * Serves one exchange by a door. Never rejects: a broken line ends the exchange, and a failing
 * response body cuts the connection, so that a short answer cannot pass for a whole one.
 */
export async function serveByDoor(
  exchange: NodeExchange,
  door: Door,
  tools: { clock: Clock; log: Logger; idleTimeoutMs: number },
): Promise<void> {
  const { request, response } = exchange;
  const gone = new AbortController();
  // The request's end is heard before the response's: what waits for the body must know why it ended.
  request.on("error", () => gone.abort());
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  response.on("error", () => undefined);
  try {
    const answer = await door(toDoorRequest(exchange, gone.signal));
    limitStall(response, tools.idleTimeoutMs);
    await writeAnswer(response, answer, request.method === "HEAD");
    await settleLeftover(request, response, tools.clock);
  } catch (error) {
    if (!gone.signal.aborted)
      tools.log.error({ err: error, url: exchange.url.pathname }, "An answer was cut short");
    response.destroy();
  }
}

/** Cuts the line of a caller who takes nothing of the answer for `idleMs`. A stream with nothing to say may be quiet. */
function limitStall(response: ServerResponse, idleMs: number): void {
  response.setTimeout(idleMs, () => {
    if (response.writableLength > 0) response.destroy();
  });
}

function toDoorRequest(exchange: NodeExchange, signal: AbortSignal): DoorRequest {
  const { request, response, url, peer } = exchange;
  const onBegin = () => {
    if (exchange.expectsContinue && !response.headersSent) response.writeContinue();
  };
  return {
    method: (request.method ?? "GET").toUpperCase(),
    url,
    headers: toHeaders(request),
    body: hasBody(request) ? readBody(request, { onBegin, idleMs: exchange.idleMs }) : null,
    peer,
    onPrincipal: exchange.onPrincipal,
    trailers: () => trailersOf(request),
    signal,
  };
}

/** RFC 9112, section 6: a body is announced by one of these two headers. */
export function hasBody({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || headers["content-length"] !== undefined;
}

function toHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

async function trailersOf(request: IncomingMessage): Promise<Headers> {
  if (!request.complete) await finished(request, { writable: false });
  const trailers = new Headers();
  for (const [name, value] of Object.entries(request.trailers)) {
    if (value !== undefined) trailers.set(name, value);
  }
  return trailers;
}

async function writeAnswer(
  response: ServerResponse,
  answer: DoorResponse,
  withoutBody: boolean,
): Promise<void> {
  const { body } = answer;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    // `Headers` lists each cookie by itself; any other name replaces what the server has set before.
    if (name === "set-cookie") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  if (withoutBody || body === null || typeof body === "string" || body instanceof Uint8Array) {
    if (withoutBody && isIterable(body)) await body[Symbol.asyncIterator]().return?.();
    response.end(withoutBody ? undefined : (body ?? undefined));
    await finished(response, { readable: false });
    return;
  }
  const source = Readable.from(body, { objectMode: false, highWaterMark: 256 * 1024 });
  try {
    await pipeline(source, response);
  } finally {
    // Newer Nodes leave it as it is, with its file open, where the caller is gone already.
    source.destroy();
  }
}

function isIterable(body: DoorResponse["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
