import { Worker } from "node:worker_threads";
import { SqliteError } from "./failures.ts";
import {
  monotonicMs,
  type SqliteRequest,
  type SqliteResponse,
  type SqliteTask,
  type SqliteThreadSettings,
  type StatementResult,
} from "./messages.ts";
import { threadScript } from "./thread-script.ts";

/** SQLITE_MISUSE. */
const MISUSE = 21;

/** SQLITE_IOERR: the outcome of a task is unknown because its thread ended. */
const IO_ERROR = 10;

interface Pending {
  readonly resolve: (result: StatementResult | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread with one connection, from the side of the main thread. It starts with the first task and is
 * replaced when it ends unexpectedly. It does not keep the process alive while it is idle.
 */
export class ThreadClient {
  readonly #settings: SqliteThreadSettings;
  readonly #waitMs: number;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #closed: Promise<void> | null = null;
  #lastId = 0;

  /** `waitMs`: how long a task waits for the lock of another process. */
  constructor(settings: SqliteThreadSettings, waitMs: number) {
    this.#settings = settings;
    this.#waitMs = waitMs;
  }

  /** Tasks that are not settled yet. */
  get load(): number {
    return this.#pending.size;
  }

  /** Rejects with a `SqliteError`. */
  ask(task: SqliteTask): Promise<StatementResult | null> {
    if (this.#closed !== null && task.do !== "close") {
      return Promise.reject(new SqliteError({ message: "The database is closed.", code: MISUSE }));
    }
    const deadline = monotonicMs() + this.#waitMs;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      if (this.#pending.size === 0) worker.ref();
      this.#pending.set(this.#lastId, { resolve, reject });
      const request: SqliteRequest = { id: this.#lastId, task, deadline };
      worker.postMessage(request);
    });
  }

  /**
   * Finishes all requests, closes the connection and waits for the end of the thread. Further calls
   * wait for the same end.
   */
  close(): Promise<void> {
    this.#closed ??= this.#worker === null ? Promise.resolve() : this.#end(this.#worker);
    return this.#closed;
  }

  async #end(worker: Worker): Promise<void> {
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    try {
      await this.ask({ do: "close" });
    } finally {
      worker.ref();
      await ended;
    }
  }

  #start(): Worker {
    const worker = new Worker(threadScript(), {
      name: `sqlite ${this.#settings.role}`,
      workerData: this.#settings,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    worker.on("message", (responses: readonly SqliteResponse[]) => {
      for (const response of responses) this.#settle(response);
      if (this.#pending.size === 0) worker.unref();
    });
    worker.once("error", (error) => this.#abandon(worker, error.message));
    worker.once("exit", () => this.#abandon(worker, "The SQLite thread ended."));
    return worker;
  }

  #settle(response: SqliteResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if ("failure" in response) pending?.reject(new SqliteError(response.failure));
    else pending?.resolve(response.result);
  }

  /** Fails the pending requests of a thread that ends; the next task starts another thread. */
  #abandon(worker: Worker, message: string): void {
    // A thread emits "exit" after "error": it must not end the tasks of its successor.
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const { reject } of this.#pending.values()) {
      reject(new SqliteError({ message, code: IO_ERROR }));
    }
    this.#pending.clear();
  }
}
