import { isRetryable, readResponse, UploadFailure } from "../../client/failure.ts";
import { startStallTimer } from "../../client/stall-timer.ts";
import { filePath } from "../../wire/paths.ts";
import type { FinishedFile, From, Sink } from "./download-file.ts";
import { MAX_ATTEMPTS, waitBeforeRetry } from "./retry-delay.ts";

/** A request fails after this many milliseconds in which nothing was received. */
const STALL_MS = 60_000;

/**
 * Fetches the bytes of `file` that `sink` does not have, and continues after a cut connection. Throws
 * UploadFailure (ABORTED when the signal aborts), and what the sink throws.
 */
export async function fetchFile(file: FinishedFile, sink: Sink, from: From): Promise<void> {
  from.onBytes(sink.held);
  let tries = 0;
  while (sink.held < file.size) {
    const before = sink.held;
    const broken = await fetchFrom(file, sink, from).then(() => null, readBroken);
    if (from.signal.aborted) throw new UploadFailure("ABORTED", { cause: broken });
    if (sink.held >= file.size) return;
    tries = sink.held > before ? 1 : tries + 1;
    const failure = broken ?? new UploadFailure("NETWORK");
    if (tries >= MAX_ATTEMPTS) throw failure;
    await waitBeforeRetry(tries, failure, from.signal);
  }
}

/** Returns a failure that may be retried; rethrows any other. */
function readBroken(thrown: unknown): UploadFailure {
  if (thrown instanceof UploadFailure && (thrown.code === "ABORTED" || isRetryable(thrown.code))) {
    return thrown;
  }
  throw thrown;
}

async function fetchFrom(file: FinishedFile, sink: Sink, from: From): Promise<void> {
  const guard = new StallGuard(from.signal);
  try {
    const response = await request(file, sink.held, { from, guard });
    if (response.status !== 206 && sink.held > 0) await sink.restart();
    const pieces = guard.pieces(response.body?.getReader());
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      await sink.write(piece);
      from.onBytes(sink.held);
    }
  } finally {
    guard.end();
  }
}

/** Requests the file from `start`. The response contains the whole file if it changed on the server. */
async function request(
  { id }: FinishedFile,
  start: number,
  { from, guard }: { from: From; guard: StallGuard },
): Promise<Response> {
  const url = `${from.server.url}${filePath(id)}`;
  const headers = new Headers({ "accept-encoding": "identity" });
  if (from.server.token !== undefined) {
    headers.set("authorization", `Bearer ${from.server.token}`);
  }
  if (start > 0) {
    const head = await guard.fetch(url, { method: "HEAD", headers });
    const etag = head.headers.get("etag");
    // Without a validator, the two parts could belong to different files.
    if (etag !== null) {
      headers.set("range", `bytes=${start}-`);
      headers.set("if-range", etag);
    }
  }
  const response = await guard.fetch(url, { headers });
  const range = response.headers.get("content-range");
  if (response.status === 206 && range?.startsWith(`bytes ${start}-`) !== true) {
    throw new UploadFailure("UNEXPECTED", { message: `Unexpected Content-Range: ${range}.` });
  }
  return response;
}

/** The requests of one attempt; a stall aborts them. */
class StallGuard {
  readonly #stall = new AbortController();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#stall.signal]);
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const response = await this.#watch(() => fetch(url, { ...init, signal: this.#signal }));
    if (response.ok) return response;
    const body = await this.#watch(() => response.text());
    throw readResponse({
      status: response.status,
      body,
      retryAfter: response.headers.get("retry-after"),
    });
  }

  pieces(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): {
    next(): Promise<Uint8Array | null>;
  } {
    return {
      next: async () => {
        const read = await this.#watch(async () => reader?.read());
        return read?.value ?? null;
      },
    };
  }

  end(): void {
    this.#stall.abort();
  }

  async #watch<T>(step: () => Promise<T>): Promise<T> {
    const timer = startStallTimer(STALL_MS, () => this.#stall.abort());
    try {
      return await step();
    } catch (cause) {
      throw new UploadFailure("NETWORK", { cause });
    } finally {
      timer.end();
    }
  }
}
