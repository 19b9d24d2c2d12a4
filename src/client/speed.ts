/** Over how many milliseconds the moving average looks back. */
const SPAN_MS = 5_000;
/** No time left is told before so many milliseconds of moving bytes. */
const SETTLE_MS = 2_000;
/** Two samples closer together than this are one. */
const STEP_MS = 200;

/** How fast a growing number of bytes grows: an exponentially weighted moving average. */
export class Speedometer {
  #since: number | null = null;
  #at = 0;
  #bytes = 0;
  #rate = 0;
  /** Bytes a second; null until two samples are there. */
  speed: number | null = null;

  /** Forgets everything: after a pause the old speed says nothing. */
  reset(): void {
    this.#since = null;
    this.speed = null;
    this.#rate = 0;
  }

  /** `bytes` in all at `now` (ms). A falling number (a chunk is sent again) counts as no movement. */
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
    // Early on there is nothing to average with: the weight of the first samples is their share of the time.
    const share = Math.max(weight, elapsed / Math.max(elapsed, now - this.#since));
    this.#rate += (rate - this.#rate) * share;
    this.speed = this.#rate;
    this.#at = now;
    this.#bytes = bytes;
  }

  /** Seconds until `bytes` more have gone; null while that cannot be told. */
  secondsFor(bytes: number): number | null {
    if (this.speed === null || this.speed < 1 || this.#since === null) return null;
    return this.#at - this.#since < SETTLE_MS ? null : bytes / this.speed;
  }
}
