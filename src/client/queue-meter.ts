import { Speedometer } from "./speed.ts";
import { STALLED_AFTER_MS } from "./transfer-progress.ts";

/** The work of a queue since its creation, and what is left. Sizes are bytes. */
export interface QueueWork {
  /** Bytes sent so far; never decreases. */
  readonly bytesSent: number;
  /** Files completed so far; never decreases. */
  readonly filesDone: number;
  readonly bytesLeft: number;
  /** Small files, whose time depends on requests more than on bytes. */
  readonly smallFilesLeft: number;
}

/**
 * The rate of a whole queue. Bytes per second say little about a thousand small files, and files per
 * second say nothing about one large file. Both are measured, and the slower one determines the time
 * left.
 */
export class QueueMeter {
  readonly #bytes = new Speedometer();
  readonly #files = new Speedometer(0.01);
  #progress = 0;
  #progressAt: number | null = null;
  #isRecent = false;

  /** Bytes per second; null while unknown. */
  get speed(): number | null {
    return this.#bytes.speed;
  }

  /** Completed files per second; null while unknown. */
  get filesPerSecond(): number | null {
    return this.#files.speed;
  }

  /** Discards the samples: after a wait they are no longer valid. */
  reset(): void {
    this.#bytes.reset();
    this.#files.reset();
    this.#progressAt = null;
  }

  /** Takes a sample at `now` (ms). Call it a few times per second while there is progress. */
  sample({ bytesSent, filesDone }: QueueWork, now: number): void {
    this.#bytes.sample(bytesSent, now);
    this.#files.sample(filesDone, now);
    if (bytesSent + filesDone > this.#progress || this.#progressAt === null) this.#progressAt = now;
    this.#progress = bytesSent + filesDone;
    this.#isRecent = now - this.#progressAt < STALLED_AFTER_MS;
  }

  /** Seconds until all files are done; null while unknown or without progress. */
  secondsLeft({ bytesLeft, smallFilesLeft }: QueueWork): number | null {
    const forBytes = this.#bytes.secondsFor(bytesLeft);
    const forFiles = smallFilesLeft > 0 ? this.#files.secondsFor(smallFilesLeft) : null;
    if (!this.#isRecent || (forBytes === null && forFiles === null)) return null;
    return Math.max(forBytes ?? 0, forFiles ?? 0);
  }
}
