import type { Bytes } from "./bytes.ts";
import { readFailure, UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import type { FileDigests, StreamDigest } from "./runtime.ts";

/**
 * The buffered chunk of a stream, which can be sent again. The bytes before it are gone, those after it
 * have not been read.
 */
export class StreamWindow {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #digests: FileDigests;
  #digest: { readonly algorithm: string; readonly state: StreamDigest } | null = null;
  /** Bytes that were read but are not in the window yet: the rest of a piece longer than the chunk. */
  #rest: Uint8Array = new Uint8Array(0);
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #closed = false;
  /** The first failure. It is permanent: the bytes before it may be incomplete. */
  #failure: UploadFailure | null = null;
  /** The read in progress. It continues during a pause, and the next run waits for it. */
  #step: Promise<void> = Promise.resolve();
  /** Start of the window, in bytes from the start of the stream. */
  start = 0;
  /** Whether the window is the end of the stream. */
  ended = false;

  constructor(pieces: AsyncIterator<Uint8Array>, digests: FileDigests) {
    this.#pieces = pieces;
    this.#digests = digests;
  }

  /** End of the window, exclusive. */
  get end(): number {
    return this.start + this.#held.byteLength;
  }

  /** A range of the window, in positions of the stream. */
  slice(start: number, end: number): Bytes {
    return new Blob([this.#held.subarray(start - this.start, end - this.start)]);
  }

  /** Resolves when no read is in progress. */
  settled(): Promise<void> {
    return this.#step;
  }

  /** Moves the window to the next `length` bytes, or to the rest of the stream. Throws FILE_UNREADABLE when the stream fails. */
  advance(length: number, algorithm: string): Promise<void> {
    const step = this.#step.then(() => this.#advance(length, algorithm));
    this.#step = step.catch(() => undefined);
    return step;
  }

  /**
   * The digest of the first `length` bytes, lower-case hex. Reads up to there if
   * necessary. Throws NOT_REPEATABLE when more has already been read.
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
    // Closes the source. Its errors no longer matter.
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

  /** A stream is digested from its first byte, so the algorithm cannot change. */
  #open(algorithm: string): StreamDigest {
    if (this.#digest === null) {
      this.#digest = { algorithm, state: this.#digests.openStream(algorithm) };
    }
    if (this.#digest.algorithm !== algorithm) throw new UploadFailure("NOT_REPEATABLE");
    return this.#digest.state;
  }
}

/** Bytes read at a time if they need not be kept. */
const STEP = 4 * 2 ** 20;

/** Copies the pieces: the stream may reuse their memory. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.byteLength;
  }
  return whole;
}
