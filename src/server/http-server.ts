import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Principal } from "../core/principal.ts";
import type { Door, DoorConfig } from "../doors/http/exchange.ts";
import { type BodyDeadline, limitAnonymousBody } from "./body-deadline.ts";
import { ExchangeResponse, endGently, latestExchange } from "./exchange-response.ts";
import { hasValidHost } from "./host-header.ts";
import { ifStillIdle } from "./idle.ts";
import { serveByDoor } from "./node-mount.ts";
import { createSenderReader, type ReadSender, stampSender } from "./peer.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { limitSilence } from "./request-body.ts";
import { logRequest, nameOfPageDoor, type RequestNotes } from "./request-log.ts";
import { inOrder } from "./request-order.ts";
import { inRequest } from "./request-scope.ts";
import { requestUrl } from "./request-url.ts";
import { type ParserError, refuseUnreadable } from "./unreadable.ts";
import { warnOfUntrustedProxy } from "./untrusted-proxy.ts";
import { warnOfDrops } from "./warn-of-drops.ts";
import { createHeaderWarning } from "./warn-of-long-headers.ts";

/** A door with what the server must know of it. */
export interface MountedDoor {
  /** As the log names it. */
  readonly name: string;
  readonly door: Door;
  /** True when the door ends idle bodies by itself, keeping what arrived. */
  readonly endsIdleBodies: boolean;
}

export interface HttpServerOptions {
  /** The door of a path; null: `fallback` responds. */
  readonly doorAt: (pathname: string) => MountedDoor | null;
  readonly fallback: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly trustedProxies: readonly string[];
  readonly config: DoorConfig;
  readonly idleTimeoutMs: number;
  /** More connections at the same time are closed at once. */
  readonly maxConnections: number;
  /** For tests; `DEFAULT_BODY_DEADLINE` when left out. */
  readonly bodyDeadline?: BodyDeadline | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longer than the 60 s for which load balancers keep idle connections: they must close first. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 60_000;
/** A tus final lists its parts in one header: room for some thousands of them. */
const MAX_HEADER_BYTES = 256 * 1024;

/**
 * The HTTP server before everything: refuses malformed requests, records the client's address,
 * gives the doors plain Node streams and the rest to `fallback`. A request may last for ever as
 * long as bytes flow. The requests of one connection are served in their order.
 */
export function createHttpServer(options: HttpServerOptions): Server {
  const readSender = warnOfUntrustedProxy(
    createSenderReader(options.trustedProxies, options.config.publicUrl),
    options.log,
  );
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: HEADERS_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    ServerResponse: ExchangeResponse,
  });
  // A client that closes its side after a whole request waits for the response (RFC 9293, section 3.6).
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxConnections = options.maxConnections;
  warnOfDrops(server, options);
  const warnOfLongHeaders = createHeaderWarning(options.log);
  const serve =
    (expectation: Expectation) => (request: IncomingMessage, response: ServerResponse) => {
      inOrder({ request, response }, () => {
        const notes = logRequest(request, response, options);
        warnOfLongHeaders(response);
        // No browser may take a response for another type than it names.
        response.setHeader("X-Content-Type-Options", "nosniff");
        const arrival = { request, response, expectation, notes };
        inRequest(notes.requestId, () => respond(arrival, { options, readSender })).catch(
          (error: unknown) => {
            options.log.error({ err: error, requestId: notes.requestId }, "A request failed");
            response.destroy();
          },
        );
      });
    };
  server.on("request", serve("none"));
  server.on("checkContinue", serve("continue"));
  server.on("checkExpectation", serve("unknown"));
  server.on("connection", endGently);
  server.on("timeout", endIdleConnection);
  server.on("clientError", (error: ParserError, socket) =>
    refuseUnreadable(error, socket as Socket, options),
  );
  return server;
}

/** What the `Expect` header asks for (RFC 9110, section 10.1.1). */
type Expectation = "none" | "continue" | "unknown";

const UNKNOWN_EXPECTATION: Refusal = {
  ...{ status: 417, code: "INVALID_INPUT" },
  detail: "The only expectation that is met is 100-continue.",
};
const MALFORMED_ADDRESS: Refusal = {
  code: "INVALID_INPUT",
  detail: "The address of the request is malformed.",
};
const INVALID_HOST: Refusal = {
  code: "INVALID_INPUT",
  detail: "The request must name one valid Host.",
};
const UNKNOWN_CODING: Refusal = {
  code: "UNSUPPORTED_MEDIA_TYPE",
  detail: "The only transfer coding that is understood is chunked.",
};

/** Closes a connection on which no request has come for `KEEP_ALIVE_MS`. */
function endIdleConnection(socket: Socket): void {
  const isBusy = () => latestExchange(socket)?.writableFinished === false;
  if (isBusy()) return;
  ifStillIdle(socket, () => {
    if (!isBusy()) socket.destroy();
  });
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectation: Expectation;
  readonly notes: RequestNotes;
}

async function respond(
  arrival: Arrival,
  { options, readSender }: { options: HttpServerOptions; readSender: ReadSender },
): Promise<void> {
  const { request, response, notes } = arrival;
  const url = requestUrl(request);
  if (url === null) return refuse(arrival, MALFORMED_ADDRESS, options.config);
  const refusal = refusalOf(arrival);
  if (refusal !== null) return refuse(arrival, refusal, options.config);
  const sender = readSender(request);
  stampSender(request, sender);
  void limitAnonymousBody(request, notes, { ...options, deadline: options.bodyDeadline });
  const mounted = options.doorAt(url.pathname);
  notes.door = mounted?.name ?? nameOfPageDoor(url.pathname);
  const expectsContinue = arrival.expectation === "continue";
  if (mounted === null) {
    if (expectsContinue) response.writeContinue();
    limitSilence(request, options.idleTimeoutMs);
    await options.fallback(request, response);
    return;
  }
  const idleMs = mounted.endsIdleBodies ? null : options.idleTimeoutMs;
  const onPrincipal = (principal: Principal) => {
    notes.principal = principal;
  };
  const exchange = {
    ...{ request, response, url, peer: sender.peer },
    ...{ expectsContinue, idleMs, onPrincipal },
  };
  await serveByDoor(exchange, mounted.door, options);
}

/** The reason to refuse a request before any door, for every path; null if it is accepted. */
function refusalOf({ request, expectation }: Arrival): Refusal | null {
  if (!hasValidHost(request)) return INVALID_HOST;
  if (!isUnderstood(request)) return UNKNOWN_CODING;
  return expectation === "unknown" ? UNKNOWN_EXPECTATION : null;
}

/**
 * Node undoes chunks and nothing else: the bytes of "gzip, chunked" would count as the file's own.
 * RFC 9112, section 6.1, proposes 501, which clients retry.
 */
function isUnderstood({ headers }: IncomingMessage): boolean {
  const coding = headers["transfer-encoding"];
  return coding === undefined || coding.trim().toLowerCase() === "chunked";
}
