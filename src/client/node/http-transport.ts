import * as http from "node:http";
import * as https from "node:https";
import { formatContentRange } from "../../wire/headers.ts";
import type { Bearer } from "../bearer.ts";
import { readAnswer, UploadFailure } from "../failure.ts";
import type { ChunkRequest, ChunkTransport } from "../runtime.ts";

/** The connection for chunks. */
export interface Line {
  /** Gives the `Authorization` of each chunk. */
  readonly bearer: Bearer;
  /** The request fails after this many milliseconds in which nothing was sent or received. */
  readonly stallMs: number;
}

/** Bytes read and written at a time: the memory of a request, whatever the chunk's size. */
const PIECE = 512 * 1024;
/** No response of the server is longer; of any other the beginning is sufficient. */
const ANSWER_MOST = 64 * 1024;

/**
 * Chunks by `node:http`, over connections that are kept: unlike `fetch` it tells how much of a body
 * has left, and hears an answer that comes before the body's end.
 */
export function httpTransport({ bearer, stallMs }: Line): ChunkTransport {
  const agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };
  return {
    async putChunk(request) {
      const authorization = await bearer.header();
      if (request.signal.aborted) throw new UploadFailure("ABORTED");
      const url = new URL(request.url);
      const isSecure = url.protocol === "https:";
      const outgoing = (isSecure ? https : http).request(url, {
        method: "PUT",
        agent: agents[isSecure ? "https:" : "http:"],
        headers: headersOf(request, authorization),
      });
      const answer = await exchange(outgoing, request, stallMs);
      if (answer.status >= 200 && answer.status < 300) return;
      const failure = readAnswer(answer);
      if (failure.code === "UNAUTHENTICATED") await bearer.refused(authorization);
      throw failure;
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

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | null;
}

/** Sends the body and waits for the response. When that comes first, the rest of the body is not sent. */
function exchange(
  outgoing: http.ClientRequest,
  request: ChunkRequest,
  stallMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let stall: NodeJS.Timeout | undefined;
    let settled = false;
    const alive = () => {
      clearTimeout(stall);
      if (!settled)
        stall = setTimeout(
          () => fail(new Error(`Nothing was sent or received for ${stallMs} ms.`)),
          stallMs,
        );
    };
    const settle = (work: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(stall);
      request.signal.removeEventListener("abort", abort);
      work();
    };
    const fail = (cause: unknown) =>
      settle(() => {
        outgoing.destroy();
        reject(failureOf(cause, request.signal));
      });
    const abort = () => fail(new UploadFailure("ABORTED"));
    request.signal.addEventListener("abort", abort, { once: true });
    let answered = false;
    // A response that has begun counts, although the server closed the connection.
    const failUnanswered = (cause: unknown) => {
      if (!answered) fail(cause);
    };
    outgoing.on("error", failUnanswered);
    outgoing.on("close", () => failUnanswered(new Error("The connection was closed.")));
    outgoing.on("response", (incoming) => {
      answered = true;
      readAll(incoming, alive).then((body) => {
        const retryAfter = incoming.headers["retry-after"] ?? null;
        settle(() => resolve({ status: incoming.statusCode ?? 0, body, retryAfter }));
        // Unless the whole body has gone, nothing else can use this connection.
        if (!outgoing.writableFinished) outgoing.destroy();
      }, fail);
    });
    alive();
    writeAll(outgoing, request, {
      alive,
      isOver: () => answered || settled || outgoing.destroyed,
    }).catch(fail);
  });
}

async function writeAll(
  outgoing: http.ClientRequest,
  { body, onSent }: ChunkRequest,
  { alive, isOver }: { alive: () => void; isOver: () => boolean },
): Promise<void> {
  for (let start = 0; start < body.size; start += PIECE) {
    const end = Math.min(body.size, start + PIECE);
    const bytes = new Uint8Array(await body.slice(start, end).arrayBuffer());
    if (isOver()) return;
    await written(outgoing, bytes);
    if (isOver()) return;
    alive();
    onSent(end);
  }
  outgoing.end();
}

/** Resolves when the bytes have gone to the operating system, or never will. */
function written(outgoing: http.ClientRequest, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const leave = () => {
      outgoing.off("close", leave);
      resolve();
    };
    outgoing.on("close", leave);
    outgoing.write(bytes, leave);
  });
}

async function readAll(incoming: http.IncomingMessage, alive: () => void): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of incoming) {
    alive();
    if (length < ANSWER_MOST) pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function failureOf(cause: unknown, signal: AbortSignal): UploadFailure {
  if (signal.aborted) return new UploadFailure("ABORTED", { cause });
  if (cause instanceof UploadFailure) return cause;
  const message = cause instanceof Error ? cause.message : undefined;
  return new UploadFailure("NETWORK", { message, cause });
}
