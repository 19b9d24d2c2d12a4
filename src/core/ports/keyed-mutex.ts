/** Work of the same key that must not run at the same time, whichever instance does it. */
export interface KeyedMutex {
  /** Runs `work` exclusively for `key`, in the order of the calls. Throws UNAVAILABLE if the lock cannot be taken. */
  runExclusive<T>(key: string, work: () => Promise<T>): Promise<T>;
}
