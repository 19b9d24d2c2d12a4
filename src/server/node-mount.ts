import type { IncomingMessage, ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import type { Logger } from "../core/ports/system.ts";
import type { Principal } from "../core/principal.ts";
import type { Door, DoorRequest, DoorResponse, Peer } from "../doors/http/exchange.ts";
import { ifStillIdle } from "./idle.ts";
import { readBody } from "./request-body.ts";
import { writeResponse } from "./write-response.ts";

/** One exchange on plain Node streams. */
export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly peer: Peer;
  /** True when the client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** Milliseconds without a byte after which a body ends; null: the door limits it. */
  readonly idleMs: number | null;
  readonly onPrincipal?: ((principal: Principal) => void) | undefined;
}

/**
 * Serves one exchange by a door. Never rejects: a broken connection ends the exchange, and a failing
 * response body cuts the connection, so that a short response cannot pass for a whole one.
 */
export async function serveByDoor(
  exchange: NodeExchange,
  door: Door,
  tools: { log: Logger; idleTimeoutMs: number },
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
    if (isEventStream(answer)) endWithClient(request, response);
    await writeResponse(response, answer, request.method === "HEAD");
  } catch (error) {
    if (!gone.signal.aborted)
      tools.log.error({ err: error, url: exchange.url.pathname }, "A response was cut short");
    response.destroy();
  }
}

/** Cuts the connection of a client that takes nothing of the response for `idleMs`. A stream with nothing to send may be quiet. */
function limitStall(response: ServerResponse, idleMs: number): void {
  const { socket } = response;
  if (socket === null) return;
  response.setTimeout(idleMs, () => {
    if (response.writableLength > 0) ifStillIdle(socket, () => response.destroy());
  });
}

function isEventStream({ headers }: DoorResponse): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

/** A client that has closed its side waits for the rest of a response, but not for an endless one. */
function endWithClient({ socket }: IncomingMessage, response: ServerResponse): void {
  if (socket.readableEnded) response.destroy();
  else socket.once("end", () => response.destroy());
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
