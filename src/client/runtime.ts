import type { UploadView } from "../wire/schemas.ts";
import type { Bytes } from "./bytes.ts";

/** What the engine needs from its environment: a browser, Node or a test. */
export interface ClientRuntime {
  readonly clock: ClientClock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly network: Network;
  readonly transport: ChunkTransport;
  readonly digests: FileDigests;
  readonly memory: ResumeMemory;
  readonly locks: Locks;
}

export interface ClientClock {
  /** Monotonic milliseconds from an arbitrary start. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `listener` every `ms` milliseconds until the returned function is called. */
  every(ms: number, listener: () => void): () => void;
}

export interface Network {
  /** False only when there is certainly no network. */
  isOnline(): boolean;
  /** Calls `listener` when `isOnline` may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

/** Bytes `start` to `end` (exclusive) of a file of `total` bytes (null: not known yet), and their URL. */
export interface ChunkRequest {
  readonly url: string;
  readonly body: Bytes;
  readonly start: number;
  readonly end: number;
  readonly total: number | null;
  /** The value of `Content-Digest`; null for none. */
  readonly contentDigest: string | null;
  /** Called with the number of bytes of the body that were sent so far. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** One part of a direct upload, and the signed request for it. */
export interface PartRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
  /** Called with the number of bytes of the body that have been sent so far. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface ChunkTransport {
  /** Sends a part to the store; resolves with its ETag. Throws `UploadFailure`. */
  putPart(request: PartRequest): Promise<string>;
  /** Resolves once the server has acknowledged the chunk. Throws `UploadFailure`. */
  putChunk(request: ChunkRequest): Promise<void>;
}

export interface FileDigests {
  /** Starts digesting `file`; nothing is read before the first `upTo`. */
  open(file: Bytes, algorithm: string): DigestSession;
  /** Starts digesting bytes that are passed to `update`. */
  openStream(algorithm: string): StreamDigest;
}

/** The digest of a stream. Rejects with UNKNOWN_ALGORITHM for an unknown algorithm. */
export interface StreamDigest {
  /** Digests the next bytes. The caller may reuse the memory when the promise resolves. */
  update(bytes: Uint8Array): Promise<void>;
  /** The digest of all bytes so far, lower-case hex; more may follow. */
  digest(): Promise<string>;
  /** Releases its resources; further calls reject. */
  close(): void;
}

/** The digest of one file, computed from start to end. */
export interface DigestSession {
  /**
   * The digest of the first `length` bytes, lower-case hex. In ascending order of `length`,
   * no byte is read twice. `onRead` is called with the number of digested bytes. Rejects when `signal` aborts.
   */
  upTo(
    length: number,
    options: { onRead: (bytes: number) => void; signal: AbortSignal },
  ): Promise<string>;
  /** Releases the resources of the session; further calls reject. */
  close(): void;
}

/** Remembers which upload belongs to which file, also after a reload. Never throws: a failing store forgets. */
export interface ResumeMemory {
  recall(fingerprint: string): Promise<string | null>;
  remember(fingerprint: string, upload: Pick<UploadView, "id" | "expiresAt">): Promise<void>;
  forget(fingerprint: string): Promise<void>;
}

/** Exclusive locks, shared by all clients that share the memory (the tabs of a browser). */
export interface Locks {
  /** Acquires the lock `name`, or returns null when it is held. */
  tryHold(name: string): Promise<Release | null>;
  /** Waits for the lock `name` and acquires it. Rejects when `signal` aborts. */
  hold(name: string, signal: AbortSignal): Promise<Release>;
}

export type Release = () => void;
