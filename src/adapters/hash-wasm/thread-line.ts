import { Worker } from "node:worker_threads";
import { UploadError } from "../../core/errors.ts";
import { ByteRing } from "./byte-ring.ts";
import type { HashCommand, HashReply } from "./hash-messages.ts";

/** Enough for some milliseconds of hashing; what does not fit waits with its sender. */
const RING_BYTES = 2 * 2 ** 20;
/** Fewer bytes than this are not worth a message; a question takes along what is there. */
const POST_BYTES = 256 * 1024;

interface Question {
  readonly resolve: (value: Uint8Array | string) => void;
  readonly reject: (reason: unknown) => void;
}

/** The line to one hashing thread. All that it is told takes effect in the order of the calls. */
export class ThreadLine {
  readonly #worker: Worker;
  readonly #ring: ByteRing;
  readonly #questions = new Map<number, Question>();
  /** What must wait until the ring has room, and all that came after it. */
  readonly #backlog: { readonly step: () => boolean; readonly done: () => void }[] = [];
  #commands: HashCommand[] = [];
  #unposted = 0;
  #asked = 0;
  #failure: UploadError | null = null;

  constructor(script: URL) {
    const memory = new SharedArrayBuffer(RING_BYTES);
    this.#ring = new ByteRing(memory);
    this.#worker = new Worker(script, { workerData: memory, name: "digests" });
    this.#worker.on("message", (reply: HashReply) => this.#hear(reply));
    this.#worker.once("error", (error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("the hashing thread ended")));
    this.#worker.unref();
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  /** Digests under way on this thread. */
  load = 0;

  /** Something to be done, and nothing to be answered. */
  tell(command: HashCommand): void {
    void this.#inTurn(() => {
      this.#commands.push(command);
      return true;
    });
  }

  /** Bytes for a digest; the promise, if any, resolves once they are on their way. */
  feed(digest: number, bytes: Uint8Array): Promise<void> | undefined {
    let rest = bytes;
    return this.#inTurn(() => {
      while (rest.length > 0) {
        const { at, length } = this.#ring.put(rest);
        if (length === 0) {
          // Nobody frees what was never posted.
          this.#post();
          return false;
        }
        this.#commands.push({ do: "feed", digest, at, length });
        this.#unposted += length;
        rest = rest.subarray(length);
      }
      if (this.#unposted >= POST_BYTES) this.#post();
      return true;
    });
  }

  /** The digest's state, or its hex. Rejects with UNAVAILABLE when the thread failed. */
  ask(digest: number, what: "save" | "hex"): Promise<Uint8Array | string> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#asked += 1;
      const question = this.#asked;
      this.#questions.set(question, { resolve, reject });
      void this.#inTurn(() => {
        this.#commands.push({ do: what, digest, question });
        this.#post();
        return true;
      });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Does the step now, or once everything before it is done. */
  #inTurn(step: () => boolean): Promise<void> | undefined {
    if (this.#failure !== null) return undefined;
    if (this.#backlog.length === 0 && step()) return undefined;
    return new Promise((done) => this.#backlog.push({ step, done }));
  }

  #post(): void {
    if (this.#commands.length === 0) return;
    this.#worker.postMessage(this.#commands);
    this.#commands = [];
    this.#unposted = 0;
  }

  #hear({ freed, answers }: HashReply): void {
    this.#ring.free(freed);
    for (const answer of answers) {
      const question = this.#questions.get(answer.question);
      this.#questions.delete(answer.question);
      if ("value" in answer) question?.resolve(answer.value);
      else question?.reject(unavailable(answer.failure));
    }
    for (let first = this.#backlog[0]; first?.step(); first = this.#backlog[0]) {
      this.#backlog.shift();
      first.done();
    }
  }

  #fail(cause: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = unavailable(cause);
    for (const { reject } of this.#questions.values()) reject(this.#failure);
    this.#questions.clear();
    for (const { done } of this.#backlog.splice(0)) done();
  }
}

function unavailable(cause: unknown): UploadError {
  return new UploadError("UNAVAILABLE", { cause, retryAfterMs: 1_000 });
}
