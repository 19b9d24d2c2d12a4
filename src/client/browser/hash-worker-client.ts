import type { Bytes } from "../bytes.ts";
import { UploadFailure } from "../failure.ts";
import type { DigestSession, FileDigests, StreamDigest } from "../runtime.ts";
import type { HashRequest, HashResponse } from "./hash-messages.ts";

/** A request whose response has not arrived. */
interface Pending {
  readonly onRead: (bytes: number) => void;
  readonly resolve: (checksum: string) => void;
  readonly reject: (failure: UploadFailure) => void;
}

interface SentRequest {
  readonly message: HashRequest & { readonly request: number };
  readonly onRead: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** A running hash worker and the requests of its sessions. */
export class HashWorkerClient implements FileDigests {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Why the worker can no longer be used; null while it can. */
  #dead: UploadFailure | null = null;

  /** `worker` has sent `ready`. */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<HashResponse>) => this.#receive(data);
    worker.onerror = (event) => this.#fail(event.message);
  }

  get isDead(): boolean {
    return this.#dead !== null;
  }

  open(bytes: Bytes, algorithm: string): DigestSession {
    const session = this.#nextId();
    if (!(bytes instanceof Blob)) throw new UploadFailure("UNEXPECTED");
    this.#post({ type: "open", session, file: bytes, algorithm });
    return {
      upTo: (length, { onRead, signal }) => {
        const message = { type: "digest", session, request: this.#nextId(), length } as const;
        return this.#send({ message, onRead, signal });
      },
      close: () => this.#post({ type: "close", session }),
    };
  }

  openStream(algorithm: string): StreamDigest {
    const session = this.#nextId();
    this.#post({ type: "open", session, file: null, algorithm });
    const onRead = () => undefined;
    return {
      update: async (bytes) => {
        const message = { type: "update", session, request: this.#nextId(), bytes } as const;
        await this.#send({ message, onRead });
      },
      digest: () => {
        const message = { type: "digest", session, request: this.#nextId(), length: 0 } as const;
        return this.#send({ message, onRead });
      },
      close: () => this.#post({ type: "close", session }),
    };
  }

  /** Resolves with the checksum, or "" for an update. */
  #send({ message, onRead, signal }: SentRequest): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new UploadFailure("ABORTED"));
      if (this.#dead !== null) return reject(this.#dead);
      const { session, request } = message;
      const stop = () => {
        this.#pending.delete(request);
        this.#post({ type: "stop", session, request });
        reject(new UploadFailure("ABORTED"));
      };
      const removeListener = () => signal?.removeEventListener("abort", stop);
      signal?.addEventListener("abort", stop, { once: true });
      this.#pending.set(request, {
        onRead,
        resolve: (checksum) => {
          removeListener();
          resolve(checksum);
        },
        reject: (failure) => {
          removeListener();
          reject(failure);
        },
      });
      this.#post(message);
    });
  }

  #receive(response: HashResponse): void {
    if (response.type === "ready") return;
    const pending = this.#pending.get(response.request);
    if (response.type === "read") {
      pending?.onRead(response.bytes);
      return;
    }
    this.#pending.delete(response.request);
    if (response.type === "failed") {
      pending?.reject(new UploadFailure(response.code, { message: response.message }));
      return;
    }
    pending?.resolve(response.type === "digest" ? response.checksum : "");
  }

  #fail(message: string | undefined): void {
    this.#dead = new UploadFailure("UNEXPECTED", {
      message: `The hash worker failed: ${message || "no reason was given"}.`,
    });
    this.#worker.terminate();
    for (const pending of this.#pending.values()) pending.reject(this.#dead);
    this.#pending.clear();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #post(message: HashRequest): void {
    this.#worker.postMessage(message);
  }
}
