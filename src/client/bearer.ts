import { UploadFailure } from "./failure.ts";

export type TokenSource = string | (() => string | Promise<string>);

/** The credential of all requests of one client. */
export class Bearer {
  readonly #source: TokenSource | null;
  #token: Promise<string> | null = null;

  /** null: the session cookie is used, or the client is anonymous. */
  constructor(source: TokenSource | null) {
    // A token that was read from a file ends with a line break.
    this.#source = typeof source === "string" ? source.trim() : source;
  }

  /** Whether a new token can be requested when the server refuses one. */
  get renews(): boolean {
    return typeof this.#source === "function";
  }

  /** The value of `Authorization`; null for none. Concurrent calls share one token. Throws TOKEN_FAILED. */
  async header(): Promise<string | null> {
    if (this.#source === null) return null;
    if (typeof this.#source === "string") return `Bearer ${this.#source}`;
    if (this.#token === null) this.#share(requestToken(this.#source));
    return `Bearer ${await this.#token}`;
  }

  /** The server refused `header`: the next call gets a new token. A refusal of an older token has no effect. */
  async refused(header: string | null): Promise<void> {
    const current = this.#token;
    if (current === null) return;
    const value = await current.then((token) => `Bearer ${token}`).catch(() => header);
    if (value === header && this.#token === current) this.#token = null;
  }

  /** Shares the token request. A failed request is not kept. */
  #share(request: Promise<string>): void {
    this.#token = request;
    request.catch(() => {
      if (this.#token === request) this.#token = null;
    });
  }
}

async function requestToken(source: () => string | Promise<string>): Promise<string> {
  try {
    return (await source()).trim();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : undefined;
    throw new UploadFailure("TOKEN_FAILED", { message, cause });
  }
}
