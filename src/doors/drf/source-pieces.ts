import type { Body } from "../../core/requests.ts";

/** More pieces than a form ever has in use; further ones are left to the garbage collector. */
const MOST = 32;

/**
 * Reports which pieces of a body are no longer needed when only views of them were passed on. Views are
 * released in their order, so that every piece before the one of the newest view is free.
 */
export class SourcePieces {
  readonly #tell: Body["spent"];
  readonly #waiting: Uint8Array[] = [];

  constructor(tell: Body["spent"]) {
    this.#tell = tell;
  }

  /** Registers the next piece of the body. */
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
