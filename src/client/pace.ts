/** A chunk that takes longer than this (ms) is sent alone: cut short, it would cost too much. */
const LONG_MS = 2_500;

/**
 * How many chunks of one file to send at once. While one chunk waits for its answer another may use
 * the line; when the line is busy all the time, more chunks at once gain nothing, and each of them
 * is lost when the line is cut, since only what follows the server's offset is kept. So it begins
 * with one, and grows with the share of time that is spent waiting.
 */
export class Pace {
  readonly #most: number;
  #busy: number | null = null;
  /** Chunks to be on the way at once. */
  lanes = 1;

  constructor(most: number) {
    this.#most = most;
  }

  /** The server asked for patience: one chunk at a time until it answers quickly again. */
  slow(): void {
    this.#busy = null;
    this.lanes = 1;
  }

  /** A chunk was acknowledged `totalMs` after it began; its last byte had left after `sendingMs`. */
  observe(sendingMs: number, totalMs: number): void {
    const busy = totalMs > 0 ? sendingMs / totalMs : 0;
    this.#busy = this.#busy === null ? busy : (this.#busy + busy) / 2;
    const useful = Math.ceil(1 / Math.max(this.#busy, 0.01) - 0.25);
    this.lanes = totalMs > LONG_MS ? 1 : Math.min(this.#most, Math.max(1, useful));
  }
}
