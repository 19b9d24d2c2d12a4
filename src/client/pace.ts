/** Chunks that take longer (ms) are sent one at a time: a cut connection would lose too much. */
const LONG_MS = 2_500;

/**
 * How many chunks of one file to send in parallel. While one chunk waits for its response, another can
 * use the connection. When the connection is always busy, parallel chunks gain nothing, and more is lost
 * when it is cut, since the server keeps only incomplete chunks at its offset. The number starts at one
 * and grows with the share of time that is spent waiting.
 */
export class Pace {
  readonly #max: number;
  #busy: number | null = null;
  /** The number of chunks to send in parallel. */
  parallel = 1;

  constructor(max: number) {
    this.#max = max;
  }

  /** The server is overloaded: one chunk at a time until it responds quickly again. */
  slow(): void {
    this.#busy = null;
    this.parallel = 1;
  }

  /** A chunk was acknowledged `totalMs` after its start; its last byte was sent after `sendingMs`. */
  observe(sendingMs: number, totalMs: number): void {
    const busy = totalMs > 0 ? sendingMs / totalMs : 0;
    this.#busy = this.#busy === null ? busy : (this.#busy + busy) / 2;
    const useful = Math.ceil(1 / Math.max(this.#busy, 0.01) - 0.25);
    this.parallel = totalMs > LONG_MS ? 1 : Math.min(this.#max, Math.max(1, useful));
  }
}
