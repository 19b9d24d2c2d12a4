import * as http from "node:http";
import * as https from "node:https";
import { formatContentRange } from "../../wire/headers.ts";
import type { Bearer } from "../bearer.ts";
import { readResponse, UploadFailure } from "../failure.ts";
import type { ChunkRequest, ChunkTransport } from "../runtime.ts";
import { startStallTimer } from "../stall-timer.ts";

export interface HttpTransportOptions {
  /** Returns the `Authorization` header of each chunk. */
  readonly bearer: Bearer;
  /** The request fails after this many milliseconds in which nothing was sent or received. */
  readonly stallMs: number;
}

/** Bytes read from the file at a time. This bounds the memory of a request, whatever the chunk's size. */
const READ_BYTES = 512 * 1024;
/**
 * Bytes written at a time. Progress is known after each write only, so this is the slowest network
 * that does not look stalled: 64 KiB in `stallMs`, 1.1 kB/s at the default of 60 s. Smaller writes
 * cost throughput.
 */
const WRITE_BYTES = 64 * 1024;
/** Bytes kept of a response. The server's own are shorter; the beginning of others is sufficient. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/**
 * Sends chunks with `node:http` over persistent connections. Unlike `fetch`, it reports how much of a
 * body was sent, and receives a response that arrives before the end of the body.
 */
export function httpTransport({ bearer, stallMs }: HttpTransportOptions): ChunkTransport {
  const agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };
  /** Throws the failure in a response that is not 2xx. */
  const put = async (
    request: BodyRequest,
    headers: http.OutgoingHttpHeaders,
  ): Promise<ReceivedResponse> => {
    if (request.signal.aborted) throw new UploadFailure("ABORTED");
    const url = new URL(request.url);
    const isSecure = url.protocol === "https:";
    const agent = agents[isSecure ? "https:" : "http:"];
    const options = { method: "PUT", agent, headers };
    const outgoing = (isSecure ? https : http).request(url, options);
    const response = await exchange(outgoing, request, stallMs);
    if (response.status >= 200 && response.status < 300) return response;
    throw readResponse(response);
  };
  return {
    async putChunk(request) {
      const authorization = await bearer.header();
      try {
        await put(request, headersOf(request, authorization));
      } catch (thrown) {
        const isRefused = thrown instanceof UploadFailure && thrown.code === "UNAUTHENTICATED";
        if (isRefused) await bearer.refused(authorization);
        throw thrown;
      }
    },
    async putPart(request) {
      const headers = { ...request.headers, "content-length": request.body.size };
      return (await put(request, headers)).etag ?? "";
    },
  };
}

function headersOf(
  request: ChunkRequest,
  authorization: string | null,
): Record<string, string | number> {
  return {
    "content-type": "application/octet-stream",
    "content-length": request.body.size,
    "content-range": formatContentRange(request, request.total),
    ...(request.contentDigest === null ? {} : { "content-digest": request.contentDigest }),
    ...(authorization === null ? {} : { authorization }),
  };
}

/** What requests for chunks and for parts have in common. */
type BodyRequest = Pick<ChunkRequest, "url" | "body" | "onSent" | "signal">;

/** A whole response, as `readResponse` takes it. */
interface ReceivedResponse {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | null;
  readonly etag: string | null;
}

/** Sends the body and waits for the response. If that arrives first, the rest of the body is not sent. */
function exchange(
  outgoing: http.ClientRequest,
  request: BodyRequest,
  stallMs: number,
): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const stall = startStallTimer(stallMs, () =>
      fail(new Error(`Nothing was sent or received for ${stallMs} ms.`)),
    );
    const alive = () => {
      if (!settled) stall.alive();
    };
    const settle = (resolveOrReject: () => void) => {
      if (settled) return;
      settled = true;
      stall.end();
      request.signal.removeEventListener("abort", abort);
      resolveOrReject();
    };
    const fail = (cause: unknown) =>
      settle(() => {
        outgoing.destroy();
        reject(failureOf(cause, request.signal));
      });
    const abort = () => fail(new UploadFailure("ABORTED"));
    request.signal.addEventListener("abort", abort, { once: true });
    let responded = false;
    // A response that has begun is read to its end, even if the server closes the connection.
    const failWithoutResponse = (cause: unknown) => {
      if (!responded) fail(cause);
    };
    outgoing.on("error", failWithoutResponse);
    outgoing.on("close", () => failWithoutResponse(new Error("The connection was closed.")));
    outgoing.on("response", (incoming) => {
      responded = true;
      readAll(incoming, alive).then((body) => {
        const retryAfter = incoming.headers["retry-after"] ?? null;
        const etag = incoming.headers.etag ?? null;
        settle(() => resolve({ status: incoming.statusCode ?? 0, body, retryAfter, etag }));
        // Without the rest of the body the connection cannot be used again.
        if (!outgoing.writableFinished) outgoing.destroy();
      }, fail);
    });
    writeAll(outgoing, request, {
      alive,
      isOver: () => responded || settled || outgoing.destroyed,
    }).catch(fail);
  });
}

async function writeAll(
  outgoing: http.ClientRequest,
  { body, onSent }: BodyRequest,
  { alive, isOver }: { alive: () => void; isOver: () => boolean },
): Promise<void> {
  for (let start = 0; start < body.size; start += READ_BYTES) {
    const slice = body.slice(start, Math.min(body.size, start + READ_BYTES));
    const bytes = new Uint8Array(await slice.arrayBuffer());
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) {
      if (isOver()) return;
      const piece = bytes.subarray(at, at + WRITE_BYTES);
      await written(outgoing, piece);
      if (isOver()) return;
      alive();
      onSent(start + at + piece.length);
    }
  }
  outgoing.end();
}

/** Resolves when the operating system has accepted the bytes, or the connection is closed. */
function written(outgoing: http.ClientRequest, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      outgoing.off("close", settle);
      resolve();
    };
    outgoing.on("close", settle);
    outgoing.write(bytes, settle);
  });
}

async function readAll(incoming: http.IncomingMessage, alive: () => void): Promise<string> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const bytes of incoming) {
    alive();
    if (length < MAX_RESPONSE_BYTES) kept.push(bytes);
    length += bytes.length;
  }
  return Buffer.concat(kept).toString("utf8");
}

function failureOf(cause: unknown, signal: AbortSignal): UploadFailure {
  if (signal.aborted) return new UploadFailure("ABORTED", { cause });
  if (cause instanceof UploadFailure) return cause;
  const message = cause instanceof Error ? cause.message : undefined;
  return new UploadFailure("NETWORK", { message, cause });
}
