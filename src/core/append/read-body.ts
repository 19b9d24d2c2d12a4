import { UploadError } from "../errors.ts";
import type { Clock } from "../ports/system.ts";

/** Why a body ended before its end, when it was not the server's doing. */
export class BodyInterrupted extends UploadError {
  constructor(message: string, cause?: unknown) {
    super("UNAVAILABLE", { message, retryAfterMs: 1_000, cause });
    this.name = interrupted;
  }
}

const interrupted = "BodyInterrupted";

/** Recognized by its name, because another copy of this module may have thrown it. */
export function isBodyInterrupted(error: UploadError): boolean {
  return error.name === interrupted;
}

/**
 * The body's bytes, until it ends or `signal` aborts (then its reason is thrown). A broken line
 * throws `BodyInterrupted`, and so does a sender that sends no byte for `idleMs` while we wait.
 */
export async function* readBody(
  body: AsyncIterable<Uint8Array>,
  watch: { signal: AbortSignal; idleMs: number; clock: Clock },
): AsyncGenerator<Uint8Array> {
  const source = body[Symbol.asyncIterator]();
  const read = new PatientRead();
  const stop = () => read.fail(watch.signal.reason);
  watch.signal.addEventListener("abort", stop, { once: true });
  const ended = new AbortController();
  void endIdle(read, { ...watch, ended: ended.signal });
  try {
    for (;;) {
      watch.signal.throwIfAborted();
      const next = await read.wait(source.next(), watch.clock.now().getTime());
      if (next.done) return;
      if (next.value.length > 0) yield next.value;
    }
  } finally {
    ended.abort();
    watch.signal.removeEventListener("abort", stop);
    // Not awaited: an iterator that waits for the network would return only after the network does.
    source.return?.().then(undefined, () => {});
  }
}

/** One read at a time that can be failed from outside: no promise lives longer than its read. */
class PatientRead {
  waitingSince: number | null = null;
  fail: (reason: unknown) => void = () => {};
  #begin: () => void = () => {};

  /** Resolves when the reader waits again; never, if the reader has abandoned the body. */
  nextWait(): Promise<void> {
    return new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  wait(
    next: Promise<IteratorResult<Uint8Array>>,
    now: number,
  ): Promise<IteratorResult<Uint8Array>> {
    return new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      this.waitingSince = now;
      this.fail = reject;
      this.#begin();
      next.then(resolve, (cause: unknown) => {
        reject(new BodyInterrupted("The connection was lost before the body's end.", cause));
      });
    }).finally(() => {
      this.waitingSince = null;
      this.fail = () => {};
    });
  }
}

/**
 * Only time spent waiting for the client counts, not a slow disk. A suspension of the process does not count
 * either: timers fire before sockets are read, so one turn of the event loop passes before the client is
 * considered idle. No timer runs while nothing waits, so that an abandoned body costs nothing.
 */
async function endIdle(
  read: PatientRead,
  watch: { idleMs: number; clock: Clock; ended: AbortSignal },
): Promise<void> {
  let sleepMs = watch.idleMs;
  for (;;) {
    await watch.clock.sleep(sleepMs, watch.ended);
    if (watch.ended.aborted) return;
    if (read.waitingSince === null) await read.nextWait();
    const since = read.waitingSince;
    const waited = since === null ? 0 : watch.clock.now().getTime() - since;
    if (waited >= watch.idleMs) {
      await watch.clock.turn();
      if (read.waitingSince === since) {
        return read.fail(new BodyInterrupted(`No byte arrived for ${watch.idleMs / 1000} s.`));
      }
    }
    sleepMs = Math.max(watch.idleMs - waited, 1);
  }
}

/** Reads and drops a body, at most `limit` bytes of it. Returns its length in bytes, or null if it was longer. */
export async function drainBody(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<number | null> {
  let length = 0;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > limit) return null;
  }
  return length;
}
