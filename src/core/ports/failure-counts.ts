/** The failures of a key in its running window. */
export interface Failures {
  readonly count: number;
  /** How long the window still lasts, in ms. */
  readonly remainingMs: number;
}

/** Counts of failures by key, in windows that begin with a key's first failure. */
export interface FailureCounts {
  /** Counts a failure of each key, in one step. A new window lasts `windowMs`. Returns them in the order of `keys`. */
  add(keys: readonly string[], windowMs: number): Promise<Failures[]>;
  /** Takes one failure of each key back. */
  takeBack(keys: readonly string[]): Promise<void>;
  /** Forgets the key's failures. */
  clear(key: string): Promise<void>;
}
