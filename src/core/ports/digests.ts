/** A digest under way. Its calls take effect in the order in which they are made. */
export interface RunningDigest {
  /**
   * Takes bytes in. A promise, where one comes back, resolves once it needs them no longer: until
   * then they must not be changed. Never rejects: what went wrong shows in `save` and `hex`.
   */
  update(bytes: Uint8Array): Promise<void> | undefined;
  /** The inner state, for `Digests.resume`. The digest itself may be updated further. */
  save(): Promise<Uint8Array>;
  /** The digest of all bytes so far, in lower-case hex. The digest may be updated further. */
  hex(): Promise<string>;
  /** Gives the hasher back; the digest must not be used afterwards. */
  release(): void;
}

/** What is known beforehand of the way that a digest has to go. */
export interface DigestOutlook {
  /** Bytes to come, at most: a long way may be worth a thread of its own. */
  readonly bytes: number;
}

/** Digest algorithms by the names of `CHUNKED_UPLOAD_CHECKSUM`, lower case. */
export interface Digests {
  readonly algorithms: readonly string[];
  /** A fresh digest. Throws INVALID_INPUT for an unknown algorithm. */
  start(algorithm: string, outlook?: DigestOutlook): Promise<RunningDigest>;
  /** A digest going on from a saved state; null when the state does not load (another build saved it). */
  resume(
    algorithm: string,
    state: Uint8Array,
    outlook?: DigestOutlook,
  ): Promise<RunningDigest | null>;
}
