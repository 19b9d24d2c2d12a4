import { UploadFailure } from "./failure.ts";

export type TokenSource = string | (() => string | Promise<string>);

/** The credential of all requests of one client. */
export class Bearer {
  readonly #source: TokenSource | null;
  #token: Promise<string> | null = null;

  /** null: a cookie speaks for the user, or nobody does. */
  constructor(source: TokenSource | null) {
    // As read from a file, it ends with a line's end.
    this.#source = typeof source === "string" ? source.trim() : source;
  }

  /** Whether another token may be had when the server refuses one. */
  get renews(): boolean {
    return typeof this.#source === "function";
  }

  /** `Authorization`'s value; null for none. Whoever asks at the same time shares the answer. Throws TOKEN_FAILED. */
  async header(): Promise<string | null> {
    if (this.#source === null) return null;
    if (typeof this.#source === "string") return `Bearer ${this.#source}`;
    if (this.#token === null) this.#hold(ask(this.#source));
    return `Bearer ${await this.#token}`;
  }

  /** The server refused `header`: the next one who asks gets another. Older refusals change nothing. */
  async refused(header: string | null): Promise<void> {
    const asked = this.#token;
    if (asked === null) return;
    const current = await asked.then((token) => `Bearer ${token}`).catch(() => header);
    if (current === header && this.#token === asked) this.#token = null;
  }

  /** A failure is told to all who wait for it, and not kept. */
  #hold(asked: Promise<string>): void {
    this.#token = asked;
    asked.catch(() => {
      if (this.#token === asked) this.#token = null;
    });
  }
}

async function ask(source: () => string | Promise<string>): Promise<string> {
  try {
    return (await source()).trim();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : undefined;
    throw new UploadFailure("TOKEN_FAILED", { message, cause });
  }
}
