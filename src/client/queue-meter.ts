import { Speedometer } from "./speed.ts";
import { STALLED_AFTER_MS } from "./transfer-progress.ts";

/** What a queue has done since it was made, and what is left. Sizes are bytes. */
export interface QueueWork {
  /** Bytes sent so far; only grows. */
  readonly bytesMoved: number;
  /** Files completed so far; only grows. */
  readonly filesMoved: number;
  readonly bytesLeft: number;
  /** Files that cost the time of their requests more than that of their bytes. */
  readonly smallFilesLeft: number;
}

/**
 * The rate of a whole queue. Bytes alone say little about a thousand small files, whose time goes
 * into requests; files alone say nothing about one large file. Both are measured, and the slower one
 * decides the time left.
 */
export class QueueMeter {
  readonly #bytes = new Speedometer();
  readonly #files = new Speedometer(0.01);
  #moved = 0;
  #movedAt: number | null = null;
  #isFresh = false;

  /** Bytes a second; null while it is unknown. */
  get speed(): number | null {
    return this.#bytes.speed;
  }

  /** Completed files a second; null while it is unknown. */
  get filesPerSecond(): number | null {
    return this.#files.speed;
  }

  /** Forgets what was measured: after a standstill it says nothing. */
  reset(): void {
    this.#bytes.reset();
    this.#files.reset();
    this.#movedAt = null;
  }

  /** To be called some times a second while something moves; `now` in milliseconds. */
  sample({ bytesMoved, filesMoved }: QueueWork, now: number): void {
    this.#bytes.sample(bytesMoved, now);
    this.#files.sample(filesMoved, now);
    if (bytesMoved + filesMoved > this.#moved || this.#movedAt === null) this.#movedAt = now;
    this.#moved = bytesMoved + filesMoved;
    this.#isFresh = now - this.#movedAt < STALLED_AFTER_MS;
  }

  /** Seconds until everything is done; null while that is unknown, or nothing moves. */
  secondsLeft({ bytesLeft, smallFilesLeft }: QueueWork): number | null {
    const forBytes = this.#bytes.secondsFor(bytesLeft);
    const forFiles = smallFilesLeft > 0 ? this.#files.secondsFor(smallFilesLeft) : null;
    if (!this.#isFresh || (forBytes === null && forFiles === null)) return null;
    return Math.max(forBytes ?? 0, forFiles ?? 0);
  }
}
