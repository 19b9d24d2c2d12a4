import type { IncomingMessage } from "node:http";
import type { Body } from "../core/requests.ts";
import { freeMemory } from "./free-memory.ts";
import { ifStillIdle } from "./idle.ts";

/** Bytes that may wait in memory for the reader before the socket is told to pause. */
const HIGH_WATER = 64 * 1024;

export interface BodyHooks {
  /** Runs when reading starts. */
  readonly onBegin: () => void;
  /** The connection is cut when no byte came for so many milliseconds; null: the reader limits it. */
  readonly idleMs: number | null;
}

/**
 * A request's body as an async iterable that leaves the stream alone when the reader stops early
 * (Node's own iterator would destroy the socket, and the response with it). When the connection
 * breaks, all bytes that arrived are given before the error is thrown.
 */
export function readBody(request: IncomingMessage, hooks: BodyHooks): Body {
  // From now on, so that little waits in Node's own buffer when the connection breaks.
  const arrivals = new Arrivals(request);
  let begun = false;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (!begun) {
      begun = true;
      hooks.onBegin();
      if (hooks.idleMs !== null) limitSilence(request, hooks.idleMs);
    }
    const value = await arrivals.next();
    return value === null ? { done: true, value: undefined } : { done: false, value };
  };
  return {
    spent: freeMemory,
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => ({ done: true, value: undefined }),
    }),
  };
}

/**
 * Cuts the connection when the body of `request` stops arriving for `idleMs`. With an error, which
 * is heard before the connection's end: the client is known to be gone then.
 */
export function limitSilence(request: IncomingMessage, idleMs: number): void {
  if (request.complete) return;
  request.setTimeout(idleMs, () => {
    ifStillIdle(request.socket, () => {
      if (!request.complete) request.destroy(broken());
    });
  });
  request.once("end", () => request.setTimeout(0));
}

/** What arrived and waits for the reader, and how it ended. */
class Arrivals {
  readonly #request: IncomingMessage;
  readonly #waiting: Uint8Array[] = [];
  #bytes = 0;
  #end: { readonly error: Error | null } | null = null;
  #wake: () => void = () => undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    request.on("data", (chunk: Buffer) => this.#take(chunk));
    request.once("end", () => this.#finish(null));
    request.once("error", (error) => this.#finish(error));
    request.once("close", () => this.#finish(broken()));
    if (request.destroyed && !request.readableEnded) this.#finish(broken());
  }

  /** The next bytes; null at the end. Throws when the connection broke. */
  async next(): Promise<Uint8Array | null> {
    while (this.#waiting.length === 0 && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) return this.#give(chunk);
    if (this.#end?.error) throw this.#end.error;
    return null;
  }

  #take(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes >= HIGH_WATER) this.#request.pause();
    this.#wake();
  }

  /** What Node had buffered when the connection broke arrived all the same. */
  #takeBuffered(): void {
    this.#request.removeAllListeners("data");
    for (;;) {
      const chunk: Uint8Array | null = this.#request.read();
      if (chunk === null) return;
      this.#take(chunk);
    }
  }

  #give(chunk: Uint8Array): Uint8Array {
    this.#bytes -= chunk.byteLength;
    if (this.#bytes < HIGH_WATER && this.#request.isPaused()) this.#request.resume();
    return chunk;
  }

  #finish(error: Error | null): void {
    if (this.#end !== null) return;
    if (error !== null) this.#takeBuffered();
    this.#end = { error };
    this.#wake();
  }
}

function broken(): Error {
  return new Error("The connection broke before the body ended.");
}
