/** A digest in progress. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest of all bytes so far, in lower-case hex; `update` may follow. */
  digest(): string;
}

/** By the server's name for the algorithm. Rejects with UNKNOWN_ALGORITHM. */
export type OpenHasher = (algorithm: string) => Promise<Hasher>;
