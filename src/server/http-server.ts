import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { UploadErrorCode } from "../core/errors.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Principal } from "../core/principal.ts";
import type { Door } from "../doors/http/exchange.ts";
import { type BodyDeadline, limitAnonymousBody } from "./body-deadline.ts";
import { hasValidHost } from "./host-header.ts";
import { serveByDoor } from "./node-mount.ts";
import { createSenderReader, type ReadSender, stampSender } from "./peer.ts";
import { logRequest, type RequestNotes } from "./request-log.ts";
import { requestUrl } from "./request-url.ts";
import { warnOfDrops } from "./warn-of-drops.ts";

/** A door with what the server must know of it. */
export interface MountedDoor {
  /** As the log names it. */
  readonly name: string;
  readonly door: Door;
  /** True when the door ends idle bodies by itself, keeping what arrived. */
  readonly endsIdleBodies: boolean;
}

export interface HttpServerOptions {
  /** The door that a path belongs to; null: nobody's, `fallback` answers. */
  readonly doorAt: (pathname: string) => MountedDoor | null;
  readonly fallback: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string;
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

/**
 * The HTTP server before everything: refuses malformed addresses, writes down who is calling,
 * gives the doors plain Node streams and the rest to `fallback`. A request may last for ever as
 * long as bytes flow.
 */
export function createHttpServer(options: HttpServerOptions): Server {
  const readSender = createSenderReader(options.trustedProxies, options.publicUrl);
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: HEADERS_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 32 * 1024,
  });
  server.maxConnections = options.maxConnections;
  warnOfDrops(server, options);
  const serve =
    (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      const notes = logRequest(request, response, options);
      // No browser may take a response for another type than it names.
      response.setHeader("X-Content-Type-Options", "nosniff");
      answer({ request, response, expectsContinue, notes }, { options, readSender }).catch(
        (error: unknown) => {
          options.log.error({ err: error }, "A request failed");
          response.destroy();
        },
      );
    };
  server.on("request", serve(false));
  server.on("checkContinue", serve(true));
  server.on("clientError", refuseUnreadable);
  return server;
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
  readonly notes: RequestNotes;
}

async function answer(
  arrival: Arrival,
  { options, readSender }: { options: HttpServerOptions; readSender: ReadSender },
): Promise<void> {
  const { request, response, expectsContinue, notes } = arrival;
  const url = requestUrl(request);
  if (url === null) {
    return refuse(response, {
      ...{ status: 400, code: "INVALID_INPUT" },
      detail: "The address of the request is malformed.",
    });
  }
  if (!hasValidHost(request)) {
    return refuse(response, {
      ...{ status: 400, code: "INVALID_INPUT" },
      detail: "The request must name one valid Host.",
    });
  }
  if (!isUnderstood(request)) {
    return refuse(response, {
      ...{ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" },
      detail: "The body must be sent without a transfer coding but chunked.",
    });
  }
  const sender = readSender(request);
  stampSender(request, sender);
  void limitAnonymousBody(request, notes, { ...options, deadline: options.bodyDeadline });
  const mounted = options.doorAt(url.pathname);
  notes.door = mounted?.name ?? "page";
  if (mounted === null) {
    if (expectsContinue) response.writeContinue();
    request.setTimeout(options.idleTimeoutMs);
    await options.fallback(request, response);
    return;
  }
  const idleMs = mounted.endsIdleBodies ? null : options.idleTimeoutMs;
  const onPrincipal = (principal: Principal) => {
    notes.principal = principal;
  };
  const exchange = { ...arrival, url, peer: sender.peer, idleMs, onPrincipal };
  await serveByDoor(exchange, mounted.door, options);
}

/**
 * Node undoes chunks and nothing else: the bytes of "gzip, chunked" would count as the file's own.
 * RFC 9112, section 6.1, proposes 501, which clients take for something that passes.
 */
function isUnderstood({ headers }: IncomingMessage): boolean {
  const coding = headers["transfer-encoding"];
  return coding === undefined || coding.trim().toLowerCase() === "chunked";
}

function refuse(
  response: ServerResponse,
  problem: { status: number; code: UploadErrorCode; detail: string },
): void {
  const { status } = problem;
  response.writeHead(status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], ...problem }));
}

/** What is no HTTP gets one answer and the door shut; headers too long or too late likewise. */
function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: import("node:stream").Duplex,
): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const statuses: Record<string, string> = {
    HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
    ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  };
  const status = statuses[error.code ?? ""] ?? "400 Bad Request";
  const headers = "Connection: close\r\nContent-Length: 0\r\nX-Content-Type-Options: nosniff";
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`);
}
