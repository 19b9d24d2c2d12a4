import { Worker } from "node:worker_threads";
import { UploadError } from "../../core/errors.ts";
import type { HashCommand, HashResponse } from "./hash-messages.ts";

/** The thread allocates one message per block, so V8's default young generation would waste memory. */
const SMALL = { maxYoungGenerationSizeMb: 2 };

interface PendingRequest {
  readonly resolve: (value: Uint8Array | string | null) => void;
  readonly reject: (reason: unknown) => void;
}

/** A command with a response, without the number that matches the response to it. */
type RequestCommand = HashCommand extends infer Command
  ? Command extends { readonly request: number }
    ? Omit<Command, "request">
    : never
  : never;

/** The client of one hashing thread. Commands take effect in the order of the calls. */
export class HashThreadClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingRequest>();
  #lastRequest = 0;
  #failure: UploadError | null = null;
  /** Number of running digests on this thread. */
  load = 0;

  constructor(script: URL) {
    this.#worker = new Worker(script, { name: "digests", resourceLimits: SMALL });
    this.#worker.on("message", (response: HashResponse) => this.#receive(response));
    this.#worker.once("error", (error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("the hashing thread ended")));
    this.#worker.unref();
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  /** Sends a command without a response. */
  send(command: HashCommand): void {
    if (this.#failure === null) this.#worker.postMessage(command);
  }

  /** Sends a command and waits for its response. Rejects with UNAVAILABLE if the digest or the thread failed. */
  request(command: RequestCommand): Promise<Uint8Array | string | null> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#lastRequest += 1;
      // The thread keeps the process alive only while a response is pending.
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(this.#lastRequest, { resolve, reject });
      this.#worker.postMessage({ ...command, request: this.#lastRequest });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(response: HashResponse): void {
    const pending = this.#pending.get(response.request);
    this.#pending.delete(response.request);
    if (this.#pending.size === 0) this.#worker.unref();
    if ("value" in response) pending?.resolve(response.value);
    else pending?.reject(unavailable(response.failure));
  }

  #fail(cause: unknown): void {
    this.#failure ??= unavailable(cause);
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }
}

function unavailable(cause: unknown): UploadError {
  return new UploadError("UNAVAILABLE", { cause, retryAfterMs: 1_000 });
}
