import { plainFilename } from "../core/begin/filename.ts";
import type { UploadsApi } from "./control.ts";
import type { ClientClock } from "./runtime.ts";

/** How long (ms) an answer is good for those who ask after it. */
const FRESH_MS = 10_000;
/** As many as one answer of the server holds. */
const MOST = 100;

/**
 * What the server knows to be unfinished, asked for once for all files that begin within some
 * seconds: ten thousand of them need not ask each for itself.
 */
export class Unfinished {
  readonly #api: Pick<UploadsApi, "list">;
  readonly #clock: Pick<ClientClock, "now">;
  #asked: { readonly at: number; readonly answer: Promise<ReadonlySet<string> | null> } | null =
    null;

  constructor(api: Pick<UploadsApi, "list">, clock: Pick<ClientClock, "now">) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Whether an upload of this name and size may be there. With more uploads than can be known: true. */
  async mayHold({ filename, size }: { filename: string; size: number }): Promise<boolean> {
    const now = this.#clock.now();
    if (this.#asked === null || now - this.#asked.at > FRESH_MS) {
      const answer = this.#ask();
      this.#asked = { at: now, answer };
      answer.catch(() => {
        if (this.#asked?.answer === answer) this.#asked = null;
      });
    }
    const known = await this.#asked.answer;
    return known === null || known.has(keyOf({ filename: plainFilename(filename), size }));
  }

  /** Aborted by nobody: the answer is for everybody. */
  async #ask(): Promise<ReadonlySet<string> | null> {
    const { items, nextCursor } = await this.#api.list.query({ status: "uploading", limit: MOST });
    if (nextCursor !== null) return null;
    // What holds nothing is nothing to go on with.
    return new Set(items.filter(({ offset }) => offset > 0).map(keyOf));
  }
}

function keyOf({ filename, size }: { filename: string; size: number | null }): string {
  return `${size} ${filename}`;
}
