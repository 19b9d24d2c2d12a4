import type { UploadView } from "../wire/schemas.ts";
import type { Bytes } from "./bytes.ts";

/** What the engine needs from the world around it: a browser, a Node process or a test gives it. */
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
  /** Milliseconds that only grow; their zero means nothing. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `listener` every `ms` milliseconds until the answer is called. */
  every(ms: number, listener: () => void): () => void;
}

export interface Network {
  /** False only when there is certainly no line. */
  isOnline(): boolean;
  /** Calls `listener` when `isOnline` may have changed, until the answer is called. */
  onChange(listener: () => void): () => void;
}

/** Bytes `start` to `end` (exclusive) of a file of `total` bytes (null: not known yet), and where they go. */
export interface ChunkRequest {
  readonly url: string;
  readonly body: Bytes;
  readonly start: number;
  readonly end: number;
  readonly total: number | null;
  /** What goes into `Content-Digest`; null for none. */
  readonly contentDigest: string | null;
  /** Told how many of the body's bytes have left so far. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface ChunkTransport {
  /** Resolves once the server has acknowledged the chunk. Throws `UploadFailure`. */
  putChunk(request: ChunkRequest): Promise<void>;
}

export interface FileDigests {
  /** Starts digesting `file`; nothing is read before the first `upTo`. */
  open(file: Bytes, algorithm: string): DigestSession;
  /** Starts digesting what will be told piece by piece. */
  openStream(algorithm: string): StreamDigest;
}

/** The digest of a stream. Rejects with UNKNOWN_ALGORITHM where there is no such digest. */
export interface StreamDigest {
  /** Takes the next bytes. They are the caller's again when it resolves. */
  update(bytes: Uint8Array): Promise<void>;
  /** The digest of all that came so far, lower-case hex; more may follow. */
  digest(): Promise<string>;
  /** Frees what it holds; more calls reject. */
  close(): void;
}

/** One reading of one file from its beginning to its end. */
export interface DigestSession {
  /**
   * The digest of the first `length` bytes, lower-case hex. Asked for in ascending order, no byte
   * is read twice. `onRead` is told how many bytes have been digested. Rejects when `signal` aborts.
   */
  upTo(
    length: number,
    ask: { onRead: (bytes: number) => void; signal: AbortSignal },
  ): Promise<string>;
  /** Frees what the session holds; more calls reject. */
  close(): void;
}

/** Remembers which upload belongs to which file, beyond a reload. A failing store forgets; it never throws. */
export interface ResumeMemory {
  recall(fingerprint: string): Promise<string | null>;
  remember(fingerprint: string, upload: Pick<UploadView, "id" | "expiresAt">): Promise<void>;
  forget(fingerprint: string): Promise<void>;
}

/** Names held by one at a time, among all that share the memory (the tabs of a browser). */
export interface Locks {
  /** Holds `name` at once, or answers null when somebody else does. */
  tryHold(name: string): Promise<Release | null>;
  /** Waits until `name` is free and holds it. Rejects when `signal` aborts. */
  hold(name: string, signal: AbortSignal): Promise<Release>;
}

export type Release = () => void;
