import type { Body } from "../../core/requests.ts";

/** More than a form ever has between what came and what was spent; the rest is left to the collector. */
const MOST = 32;

/**
 * Tells whoever gave a body which of its pieces are done with, where only parts of them are handed
 * on. Parts are spent in their order, so that every piece before the one of the newest part is.
 */
export class SourcePieces {
  readonly #tell: Body["spent"];
  readonly #waiting: Uint8Array[] = [];

  constructor(tell: Body["spent"]) {
    this.#tell = tell;
  }

  /** The next piece, as it was given. */
  came(piece: Uint8Array): void {
    if (this.#tell === undefined) return;
    this.#waiting.push(piece);
    if (this.#waiting.length > MOST) this.#waiting.shift();
  }

  readonly partSpent = (part: Uint8Array): void => {
    const at = this.#waiting.findIndex(({ buffer }) => buffer === part.buffer);
    if (at > 0) for (const piece of this.#waiting.splice(0, at)) this.#tell?.(piece);
  };
}
