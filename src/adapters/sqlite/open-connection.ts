import type { SqliteBinding } from "./binding.ts";
import { Connection } from "./connection.ts";
import { failureOf } from "./failures.ts";
import type { SqliteThreadSettings } from "./messages.ts";
import type { Outcome } from "./write-group.ts";

/** The current connection of a thread: opened when it is needed, replaced after an error. */
export class OpenConnection {
  readonly #binding: SqliteBinding;
  readonly #settings: SqliteThreadSettings;
  #current: Connection | null = null;

  constructor(binding: SqliteBinding, settings: SqliteThreadSettings) {
    this.#binding = binding;
    this.#settings = settings;
  }

  /**
   * Works on the connection. When `work` throws, a statement or a transaction may be open: the
   * connection is closed, which rolls back, and the next work gets a new one.
   */
  attempt(work: (connection: Connection) => Outcome): Outcome {
    try {
      this.#current ??= new Connection(this.#binding, this.#settings);
      return work(this.#current);
    } catch (error) {
      this.discard();
      return { failure: failureOf(error) };
    }
  }

  discard(): void {
    const current = this.#current;
    this.#current = null;
    current?.close();
  }

  /** Moves the write-ahead log into the file, where this connection may write, and closes. */
  close(): void {
    try {
      if (this.#settings.role === "writer") this.#current?.checkpoint();
    } finally {
      this.discard();
    }
  }
}
