/** Time constant of the moving average, in milliseconds. */
const SPAN_MS = 5_000;
/** The time left is unknown for this many milliseconds. */
const SETTLE_MS = 2_000;
/** Samples within this many milliseconds of the last one are ignored. */
const STEP_MS = 200;

/** How fast a growing number (of bytes, or files) grows: an exponentially weighted moving average. */
export class Speedometer {
  readonly #least: number;
  #since: number | null = null;
  #at = 0;
  #bytes = 0;
  #rate = 0;
  /** Per second; null until there are two samples. */
  speed: number | null = null;

  /** With a speed below `least` per second, the time left is unknown. */
  constructor(least = 1) {
    this.#least = least;
  }

  /** Discards all samples: after a pause the old speed is not valid. */
  reset(): void {
    this.#since = null;
    this.speed = null;
    this.#rate = 0;
  }

  /** The number is `bytes` at `now` (ms). A decrease (a chunk is sent again) counts as no progress. */
  sample(bytes: number, now: number): void {
    if (this.#since === null) {
      this.#since = now;
      this.#at = now;
      this.#bytes = bytes;
      return;
    }
    const elapsed = now - this.#at;
    if (elapsed < STEP_MS) return;
    const rate = (Math.max(0, bytes - this.#bytes) / elapsed) * 1000;
    const weight = 1 - Math.exp(-elapsed / SPAN_MS);
    // The weight of the first samples is their share of the time, since there is no average yet.
    const share = Math.max(weight, elapsed / Math.max(elapsed, now - this.#since));
    this.#rate += (rate - this.#rate) * share;
    this.speed = this.#rate;
    this.#at = now;
    this.#bytes = bytes;
  }

  /** Seconds until the number has grown by `bytes`; null while unknown. */
  secondsFor(bytes: number): number | null {
    if (this.speed === null || this.speed < this.#least || this.#since === null) return null;
    return this.#at - this.#since < SETTLE_MS ? null : bytes / this.speed;
  }
}
