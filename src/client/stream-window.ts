import type { Bytes } from "./bytes.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import type { FileDigests, StreamDigest } from "./runtime.ts";

/**
 * What is held of a stream: one chunk, so that it can be sent again. What lies before it is gone,
 * and what lies behind it has not been asked for.
 */
export class StreamWindow {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #digests: FileDigests;
  #digest: { readonly algorithm: string; readonly state: StreamDigest } | null = null;
  /** Read, but not part of the window yet: the rest of a piece that was longer than the chunk. */
  #rest: Uint8Array = new Uint8Array(0);
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #closed = false;
  /** Why nothing more can be read: what came before it is not certain to be whole. */
  #failure: UploadFailure | null = null;
  /** The step that is under way: a pause does not end it, and the next run must not begin a second. */
  #step: Promise<void> = Promise.resolve();
  /** Where the window begins, in bytes from the stream's beginning. */
  start = 0;
  /** Whether nothing follows the window. */
  ended = false;

  constructor(pieces: AsyncIterator<Uint8Array>, digests: FileDigests) {
    this.#pieces = pieces;
    this.#digests = digests;
  }

  /** Where the window ends. */
  get end(): number {
    return this.start + this.#held.byteLength;
  }

  /** Bytes of the window, by their place in the stream. */
  slice(start: number, end: number): Bytes {
    return new Blob([this.#held.subarray(start - this.start, end - this.start)]);
  }

  /** Resolves when no step is under way. */
  settled(): Promise<void> {
    return this.#step;
  }

  /** Moves the window on: the next `length` bytes, or as many as there are. Throws FILE_UNREADABLE when the stream fails. */
  advance(length: number, algorithm: string): Promise<void> {
    const step = this.#step.then(() => this.#advance(length, algorithm));
    this.#step = step.catch(() => undefined);
    return step;
  }

  /**
   * The digest of the first `length` bytes, lower-case hex. Reads up to there, in steps, what has
   * not been read. Throws NOT_REPEATABLE when more than that has been read already.
   */
  async digestUpTo(
    length: number,
    { algorithm, signal }: { algorithm: string; signal: AbortSignal },
  ): Promise<string> {
    await orAborted(this.#step, signal);
    while (this.end < length && !this.ended) {
      await orAborted(this.advance(Math.min(STEP, length - this.end), algorithm), signal);
    }
    if (this.end !== length) throw new UploadFailure("NOT_REPEATABLE");
    return this.#open(algorithm).digest();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#digest?.state.close();
    this.#held = new Uint8Array(0);
    this.#rest = this.#held;
    // Whoever fills the stream may stop; that it minds is none of our business.
    void this.#pieces.return?.()?.catch(() => undefined);
  }

  async #advance(length: number, algorithm: string): Promise<void> {
    if (this.#closed) throw new UploadFailure("ABORTED");
    if (this.#failure !== null) throw this.#failure;
    try {
      const digest = this.#open(algorithm);
      const next = await this.#read(length);
      await digest.update(next);
      this.start = this.end;
      this.#held = next;
    } catch (thrown) {
      this.#failure = readFailure(thrown);
      throw this.#failure;
    }
  }

  async #read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    let missing = length;
    for (;;) {
      const taken = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(taken.byteLength);
      if (taken.byteLength > 0) pieces.push(taken);
      missing -= taken.byteLength;
      if (missing === 0 || this.ended) return joined(pieces, length - missing);
      this.#rest = await this.#next();
    }
  }

  async #next(): Promise<Uint8Array> {
    try {
      const { done, value } = await this.#pieces.next();
      if (done === true) this.ended = true;
      return done === true ? new Uint8Array(0) : value;
    } catch (cause) {
      const reason = cause instanceof Error ? `: ${cause.message}` : ".";
      throw new UploadFailure("FILE_UNREADABLE", { message: `The stream failed${reason}`, cause });
    }
  }

  /** A stream is digested from its first byte on: another algorithm comes too late. */
  #open(algorithm: string): StreamDigest {
    if (this.#digest === null) {
      this.#digest = { algorithm, state: this.#digests.openStream(algorithm) };
    }
    if (this.#digest.algorithm !== algorithm) throw new UploadFailure("NOT_REPEATABLE");
    return this.#digest.state;
  }
}

/** Bytes taken at once where none of them need to be kept. */
const STEP = 4 * 2 ** 20;

/** One piece of memory, whatever the stream's own may be reused for. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.byteLength;
  }
  return whole;
}
