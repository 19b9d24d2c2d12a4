/** A digest under way. One at a time may use it. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** The inner state, from which `Digests.resume` goes on. The digest itself may go on too. */
  save(): Uint8Array;
  /** The digest of everything so far, lower-case hex. The digest may go on afterwards. */
  hex(): string;
  /** Gives the hasher back; the digest must not be used afterwards. */
  release(): void;
}

/** Digest algorithms by the names of `CHUNKED_UPLOAD_CHECKSUM`, lower case. */
export interface Digests {
  readonly algorithms: readonly string[];
  /** A fresh digest. Throws INVALID_INPUT for an unknown algorithm. */
  start(algorithm: string): Promise<RunningDigest>;
  /** A digest going on from a saved state; null when the state does not load (another build saved it). */
  resume(algorithm: string, state: Uint8Array): Promise<RunningDigest | null>;
}
