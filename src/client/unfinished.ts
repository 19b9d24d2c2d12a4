import { plainFilename } from "../core/begin/filename.ts";
import type { UploadsApi } from "./control.ts";
import type { ClientClock } from "./runtime.ts";

/** How long a list is reused, in milliseconds. */
const FRESH_MS = 10_000;
/** The largest list that the server returns. */
const MAX_ITEMS = 100;

/**
 * The unfinished uploads on the server. All files that start within some seconds share one request, also
 * when there are ten thousand of them.
 */
export class Unfinished {
  readonly #api: Pick<UploadsApi, "list">;
  readonly #clock: Pick<ClientClock, "now">;
  #list: { readonly at: number; readonly names: Promise<ReadonlySet<string> | null> } | null = null;

  constructor(api: Pick<UploadsApi, "list">, clock: Pick<ClientClock, "now">) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Whether the server may have an unfinished upload with this name and size. true if the list is incomplete. */
  async mayHold({ filename, size }: { filename: string; size: number }): Promise<boolean> {
    const now = this.#clock.now();
    if (this.#list === null || now - this.#list.at > FRESH_MS) {
      const names = this.#fetch();
      this.#list = { at: now, names };
      names.catch(() => {
        if (this.#list?.names === names) this.#list = null;
      });
    }
    const known = await this.#list.names;
    return known === null || known.has(keyOf({ filename: plainFilename(filename), size }));
  }

  /** Without a signal: all callers share the response. */
  async #fetch(): Promise<ReadonlySet<string> | null> {
    const { items, nextCursor } = await this.#api.list.query({
      status: "uploading",
      limit: MAX_ITEMS,
    });
    if (nextCursor !== null) return null;
    // An upload without bytes cannot be continued.
    return new Set(items.filter(({ offset }) => offset > 0).map(keyOf));
  }
}

function keyOf({ filename, size }: { filename: string; size: number | null }): string {
  return `${size} ${filename}`;
}
