import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { UploadErrorCode } from "../core/errors.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Door } from "../doors/http/exchange.ts";
import { serveByDoor } from "./node-mount.ts";
import { createSenderReader, type ReadSender, stampSender } from "./peer.ts";
import { requestUrl } from "./request-url.ts";

/** A door with what the server must know of it. */
export interface MountedDoor {
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
  const serve =
    (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      answer({ request, response, expectsContinue }, { options, readSender }).catch(
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
}

async function answer(
  arrival: Arrival,
  { options, readSender }: { options: HttpServerOptions; readSender: ReadSender },
): Promise<void> {
  const { request, response, expectsContinue } = arrival;
  const url = requestUrl(request);
  if (url === null) {
    return refuse(response, {
      ...{ status: 400, code: "INVALID_INPUT" },
      detail: "The address of the request is malformed.",
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
  const mounted = options.doorAt(url.pathname);
  if (mounted === null) {
    if (expectsContinue) response.writeContinue();
    request.setTimeout(options.idleTimeoutMs);
    await options.fallback(request, response);
    return;
  }
  const idleMs = mounted.endsIdleBodies ? null : options.idleTimeoutMs;
  await serveByDoor({ ...arrival, url, peer: sender.peer, idleMs }, mounted.door, options);
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
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
