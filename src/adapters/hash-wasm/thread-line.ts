import { Worker } from "node:worker_threads";
import { UploadError } from "../../core/errors.ts";
import type { HashAnswer, HashCommand } from "./hash-messages.ts";

/** What it makes is a message a block: a young generation of V8's usual size would only take memory. */
const SMALL = { maxYoungGenerationSizeMb: 2 };

interface Question {
  readonly resolve: (value: Uint8Array | string | null) => void;
  readonly reject: (reason: unknown) => void;
}

/** A command that is answered, without the number by which the answer finds its question. */
type Asked = HashCommand extends infer Command
  ? Command extends { readonly question: number }
    ? Omit<Command, "question">
    : never
  : never;

/** The line to one hashing thread. All that it is told takes effect in the order of the calls. */
export class ThreadLine {
  readonly #worker: Worker;
  readonly #questions = new Map<number, Question>();
  #asked = 0;
  #failure: UploadError | null = null;
  /** Digests under way on this thread. */
  load = 0;

  constructor(script: URL) {
    this.#worker = new Worker(script, { name: "digests", resourceLimits: SMALL });
    this.#worker.on("message", (answer: HashAnswer) => this.#hear(answer));
    this.#worker.once("error", (error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("the hashing thread ended")));
    this.#worker.unref();
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  /** Something to be done, and nothing to be answered. */
  tell(command: HashCommand): void {
    if (this.#failure === null) this.#worker.postMessage(command);
  }

  /** Something to be answered. Rejects with UNAVAILABLE when the digest or the thread failed. */
  ask(command: Asked): Promise<Uint8Array | string | null> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#asked += 1;
      // It keeps the process alive only as long as somebody waits for an answer.
      if (this.#questions.size === 0) this.#worker.ref();
      this.#questions.set(this.#asked, { resolve, reject });
      this.#worker.postMessage({ ...command, question: this.#asked });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answer: HashAnswer): void {
    const question = this.#questions.get(answer.question);
    this.#questions.delete(answer.question);
    if (this.#questions.size === 0) this.#worker.unref();
    if ("value" in answer) question?.resolve(answer.value);
    else question?.reject(unavailable(answer.failure));
  }

  #fail(cause: unknown): void {
    this.#failure ??= unavailable(cause);
    for (const { reject } of this.#questions.values()) reject(this.#failure);
    this.#questions.clear();
  }
}

function unavailable(cause: unknown): UploadError {
  return new UploadError("UNAVAILABLE", { cause, retryAfterMs: 1_000 });
}
