import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { principalId } from "../core/audit.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Principal } from "../core/principal.ts";
import { REQUEST_ID_HEADER, readRequestId } from "../doors/http/request-id.ts";

/** What the server knows about a request while it runs. */
export interface RequestNotes {
  readonly requestId: string;
  /** What responds: the name of a door, `auth`, `static`, `page`, or null for the server itself. */
  door: string | null;
  /** Null until the sender is known, and if the path does not identify senders. */
  principal: Principal | null;
}

/** Longer than any path of the server; the rest is left out of the log. */
const MAX_LOGGED_PATH = 512;

/** The bytes of a connection that belong to requests which are logged already. */
const counted = new WeakMap<Socket, { readonly read: number; readonly written: number }>();

/**
 * Gives a request its id (its own `X-Request-Id` when that is well-formed), which the response
 * echoes and everything behind the server reads from the request, and writes one line when it ends:
 * `method`, `door`, `path` (without the query, which may hold secrets), `status`, `bytesIn` and
 * `bytesOut` (bytes of the connection, headers included), `ms`, `principal` and `requestId`;
 * `aborted` if the response did not end. `status` is null if no response was started.
 */
export function logRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, log }: { clock: Clock; log: Logger },
): RequestNotes {
  const requestId = readRequestId(headerOf(request)) ?? randomUUID();
  request.headers[REQUEST_ID_HEADER] = requestId;
  response.setHeader("X-Request-Id", requestId);
  const notes: RequestNotes = { requestId, door: null, principal: null };
  const began = clock.now().getTime();
  const { method, url = "", socket } = request;
  response.once("close", () => {
    const facts = {
      method,
      door: notes.door,
      path: url.replace(/[?#].*$/s, "").slice(0, MAX_LOGGED_PATH),
      status: response.headersSent ? response.statusCode : null,
      ...takeBytes(socket),
      ms: clock.now().getTime() - began,
      principal: notes.principal && principalId(notes.principal),
      requestId,
      ...(response.writableFinished ? {} : { aborted: true }),
    };
    log.info(facts, "request");
  });
  return notes;
}

/** What responds at a path that belongs to no door, as the log names it. */
export function nameOfPageDoor(pathname: string): string {
  if (pathname.startsWith("/api/auth/")) return "auth";
  return pathname.startsWith("/_next/") ? "static" : "page";
}

function headerOf({ headers }: IncomingMessage): string | undefined {
  const value = headers[REQUEST_ID_HEADER];
  return Array.isArray(value) ? value.join() : value;
}

function takeBytes(socket: Socket): { bytesIn: number; bytesOut: number } {
  const before = counted.get(socket) ?? { read: 0, written: 0 };
  const now = { read: socket.bytesRead, written: socket.bytesWritten };
  counted.set(socket, now);
  return { bytesIn: now.read - before.read, bytesOut: now.written - before.written };
}
