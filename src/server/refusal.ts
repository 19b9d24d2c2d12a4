import type { IncomingMessage, ServerResponse } from "node:http";
import { UploadError, type UploadErrorCode } from "../core/errors.ts";
import { addCors } from "../doors/http/cors.ts";
import type { DoorConfig, DoorResponse } from "../doors/http/exchange.ts";
import { renderProblemAs } from "../doors/http/render-error.ts";
import { renderFailure } from "../doors/trpc/render-error.ts";
import { TUS_VERSION } from "../doors/tus/protocol.ts";
import { errorTable } from "../wire/error-table.ts";
import { TRPC_PATH, TUS_PATH } from "../wire/paths.ts";
import { writeResponse } from "./write-response.ts";

/** Why the server refuses a request before any door sees it. */
export interface Refusal {
  readonly code: UploadErrorCode;
  readonly detail: string;
  /** Left out: the status of `code` in the error table. */
  readonly status?: number;
  /** With METHOD_NOT_ALLOWED: the methods of the path. */
  readonly allowed?: readonly string[];
}

/** What is known of a refused request; `target` null: its request line was not understood. */
export interface RefusedHead {
  readonly target: string | null;
  readonly origin: string | null;
}

/**
 * The response to a request that reaches no door, with the headers that a response of a door has:
 * without CORS headers a browser sees a network error, which clients retry, and without
 * `Tus-Resumable` a tus client does not accept the response (tus, Tus-Resumable). Where the path is
 * unknown, it may have been one of tus.
 */
export function refusalResponse(
  { target, origin }: RefusedHead,
  { code, detail, status, allowed }: Refusal,
  config: DoorConfig,
): DoorResponse {
  const error = new UploadError(code, { message: detail });
  const ofTrpc = status === undefined && isBelow(TRPC_PATH, target);
  const response = ofTrpc
    ? renderFailure(error)
    : renderProblemAs(error, status ?? errorTable[code].status);
  const asked = new Headers(origin === null ? {} : { origin });
  if (allowed !== undefined) response.headers.set("Allow", allowed.join(", "));
  addCors(response.headers, { headers: asked }, config);
  if (target === null || isBelow(TUS_PATH, target)) {
    response.headers.set("Tus-Resumable", TUS_VERSION);
  }
  return response;
}

/** Refuses a request that was parsed. The connection ends after it. */
export function refuse(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  refusal: Refusal,
  config: DoorConfig,
): Promise<void> {
  const head = { target: request.url ?? null, origin: request.headers.origin ?? null };
  response.setHeader("Connection", "close");
  const refused = refusalResponse(head, refusal, config);
  return writeResponse(response, refused, request.method === "HEAD").catch(() => undefined);
}

/** The path may be malformed: it is compared as it was sent. */
function isBelow(base: string, target: string | null): boolean {
  const path = target?.replace(/^https?:\/\/[^/]*/i, "").replace(/[?#].*$/, "") ?? "";
  return path === base || path.startsWith(`${base}/`);
}
