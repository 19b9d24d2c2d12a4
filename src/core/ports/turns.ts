/** Work of the same key that must not run at the same time, whichever instance does it. */
export interface Turns {
  /** Runs `work` exclusively for `key`, in the order of the calls. Throws UNAVAILABLE if the lock cannot be taken. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}
