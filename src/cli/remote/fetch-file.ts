import { isRetryable, readAnswer, UploadFailure } from "../../client/failure.ts";
import { filePath } from "../../wire/paths.ts";
import type { FinishedFile, From, Sink } from "./download-file.ts";
import { ATTEMPTS, pause } from "./patience.ts";

/** No byte for so long (ms): the line is dead. */
const STALL_MS = 60_000;

/**
 * Fetches what `sink` lacks of `file`; a line that is cut is taken up where it broke. Throws
 * UploadFailure (ABORTED when the signal aborts), and whatever the sink throws.
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
    if (tries >= ATTEMPTS) throw failure;
    await pause(tries, failure, from.signal);
  }
}

/** What may be tried again; anything else is thrown on. */
function readBroken(thrown: unknown): UploadFailure {
  if (thrown instanceof UploadFailure && (thrown.code === "ABORTED" || isRetryable(thrown.code))) {
    return thrown;
  }
  throw thrown;
}

async function fetchFrom(file: FinishedFile, sink: Sink, from: From): Promise<void> {
  const line = new Line(from.signal);
  try {
    const response = await request(file, sink.held, { from, line });
    if (response.status !== 206 && sink.held > 0) await sink.restart();
    const pieces = line.guard(response.body?.getReader());
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      await sink.write(piece);
      from.onBytes(sink.held);
    }
  } finally {
    line.end();
  }
}

/** The file from `start` on; the whole when the server's is not the one that was begun. */
async function request(
  { id }: FinishedFile,
  start: number,
  { from, line }: { from: From; line: Line },
): Promise<Response> {
  const url = `${from.server.url}${filePath(id)}`;
  const headers = new Headers({ "accept-encoding": "identity" });
  if (from.server.token !== undefined) {
    headers.set("authorization", `Bearer ${from.server.token}`);
  }
  if (start > 0) {
    const head = await line.fetch(url, { method: "HEAD", headers });
    const etag = head.headers.get("etag");
    // Without a validator nobody could say whether the two parts are of one file.
    if (etag !== null) {
      headers.set("range", `bytes=${start}-`);
      headers.set("if-range", etag);
    }
  }
  const response = await line.fetch(url, { headers });
  const range = response.headers.get("content-range");
  if (response.status === 206 && range?.startsWith(`bytes ${start}-`) !== true) {
    throw new UploadFailure("UNEXPECTED", { message: `The server sent another range (${range}).` });
  }
  return response;
}

/** One connection that must not stand still. */
class Line {
  readonly #stall = new AbortController();
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#stall.signal]);
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const response = await this.#watch(() => fetch(url, { ...init, signal: this.#signal }));
    if (response.ok) return response;
    const body = await this.#watch(() => response.text());
    throw readAnswer({
      status: response.status,
      body,
      retryAfter: response.headers.get("retry-after"),
    });
  }

  guard(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): {
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
    clearTimeout(this.#timer);
    this.#stall.abort();
  }

  async #watch<T>(step: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stall.abort(), STALL_MS);
    try {
      return await step();
    } catch (cause) {
      throw new UploadFailure("NETWORK", { cause });
    } finally {
      clearTimeout(this.#timer);
    }
  }
}
