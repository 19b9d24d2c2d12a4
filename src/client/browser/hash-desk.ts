import type { Bytes } from "../bytes.ts";
import { UploadFailure } from "../failure.ts";
import type { DigestSession, FileDigests, StreamDigest } from "../runtime.ts";
import type { HashAnswer, HashAsk } from "./hash-messages.ts";

interface Waiting {
  readonly onRead: (bytes: number) => void;
  readonly resolve: (checksum: string) => void;
  readonly reject: (failure: UploadFailure) => void;
}

interface Asked {
  readonly ask: HashAsk & { readonly ask: number };
  readonly onRead: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** A running hash worker, and what many sessions ask of it. */
export class HashDesk implements FileDigests {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  /** Why the worker cannot be used any more; null while it can. */
  #dead: UploadFailure | null = null;

  /** `worker` has said that it is ready. */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => this.#hear(data);
    worker.onerror = (event) => this.#fail(event.message);
  }

  get isDead(): boolean {
    return this.#dead !== null;
  }

  open(bytes: Bytes, algorithm: string): DigestSession {
    const session = this.#number();
    if (!(bytes instanceof Blob)) throw new UploadFailure("UNEXPECTED");
    this.#tell({ type: "open", session, file: bytes, algorithm });
    return {
      upTo: (length, { onRead, signal }) =>
        this.#ask({
          ask: { type: "digest", session, ask: this.#number(), length },
          onRead,
          signal,
        }),
      close: () => this.#tell({ type: "close", session }),
    };
  }

  openStream(algorithm: string): StreamDigest {
    const session = this.#number();
    this.#tell({ type: "open", session, file: null, algorithm });
    const onRead = () => undefined;
    return {
      update: async (bytes) => {
        await this.#ask({ ask: { type: "update", session, ask: this.#number(), bytes }, onRead });
      },
      digest: () =>
        this.#ask({ ask: { type: "digest", session, ask: this.#number(), length: 0 }, onRead }),
      close: () => this.#tell({ type: "close", session }),
    };
  }

  #ask({ ask, onRead, signal }: Asked): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new UploadFailure("ABORTED"));
      if (this.#dead !== null) return reject(this.#dead);
      const stop = () => {
        this.#waiting.delete(ask.ask);
        this.#tell({ type: "stop", session: ask.session, ask: ask.ask });
        reject(new UploadFailure("ABORTED"));
      };
      const leave = () => signal?.removeEventListener("abort", stop);
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiting.set(ask.ask, {
        onRead,
        resolve: (checksum) => {
          leave();
          resolve(checksum);
        },
        reject: (failure) => {
          leave();
          reject(failure);
        },
      });
      this.#tell(ask);
    });
  }

  #hear(answer: HashAnswer): void {
    if (answer.type === "ready") return;
    const waiting = this.#waiting.get(answer.ask);
    if (answer.type === "read") {
      waiting?.onRead(answer.bytes);
      return;
    }
    this.#waiting.delete(answer.ask);
    if (answer.type === "failed") {
      waiting?.reject(new UploadFailure(answer.code, { message: answer.message }));
      return;
    }
    waiting?.resolve(answer.type === "digest" ? answer.checksum : "");
  }

  #fail(message: string | undefined): void {
    this.#dead = new UploadFailure("UNEXPECTED", {
      message: `The hash worker failed: ${message || "no reason was given"}.`,
    });
    this.#worker.terminate();
    for (const waiting of this.#waiting.values()) waiting.reject(this.#dead);
    this.#waiting.clear();
  }

  #number(): number {
    this.#next += 1;
    return this.#next;
  }

  #tell(ask: HashAsk): void {
    this.#worker.postMessage(ask);
  }
}
