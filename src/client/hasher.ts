/** A digest on its way. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest of all that came so far, lower-case hex; more may follow. */
  digest(): string;
}

/** By the server's name for the algorithm. Rejects with UNKNOWN_ALGORITHM. */
export type OpenHasher = (algorithm: string) => Promise<Hasher>;
