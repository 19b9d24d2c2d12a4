import { UploadFailure } from "../failure.ts";
import type { DigestSession, FileDigests } from "../runtime.ts";
import type { HashAnswer, HashAsk } from "./hash-messages.ts";

interface Waiting {
  readonly onRead: (bytes: number) => void;
  readonly resolve: (checksum: string) => void;
  readonly reject: (failure: UploadFailure) => void;
}

/** Digests files in a Web Worker, so that the page stays quick. The worker starts with the first file. */
export function workerDigests(): FileDigests {
  let desk: HashDesk | null = null;
  return {
    open(file, algorithm) {
      desk ??= new HashDesk(
        new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" }),
      );
      return desk.open(file, algorithm);
    },
  };
}

/** Keeps apart what many sessions ask of one worker. */
class HashDesk {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => this.#hear(data);
    worker.onerror = (event) => this.#fail(event.message);
  }

  open(file: Blob, algorithm: string): DigestSession {
    const session = this.#number();
    this.#tell({ type: "open", session, file, algorithm });
    return {
      upTo: (length, { onRead, signal }) =>
        new Promise((resolve, reject) => {
          if (signal.aborted) return reject(new UploadFailure("ABORTED"));
          const ask = this.#number();
          const stop = () => {
            this.#waiting.delete(ask);
            this.#tell({ type: "stop", session, ask });
            reject(new UploadFailure("ABORTED"));
          };
          const leave = () => signal.removeEventListener("abort", stop);
          signal.addEventListener("abort", stop, { once: true });
          this.#waiting.set(ask, {
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
          this.#tell({ type: "digest", session, ask, length });
        }),
      close: () => this.#tell({ type: "close", session }),
    };
  }

  #hear(answer: HashAnswer): void {
    const waiting = this.#waiting.get(answer.ask);
    if (answer.type === "read") {
      waiting?.onRead(answer.bytes);
      return;
    }
    this.#waiting.delete(answer.ask);
    if (answer.type === "digest") {
      waiting?.resolve(answer.checksum);
      return;
    }
    const code = answer.unreadable ? "FILE_UNREADABLE" : "UNEXPECTED";
    waiting?.reject(new UploadFailure(code, { message: answer.message }));
  }

  #fail(message: string): void {
    const failure = new UploadFailure("UNEXPECTED", {
      message: message || "The hash worker did not start.",
    });
    for (const waiting of this.#waiting.values()) waiting.reject(failure);
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
