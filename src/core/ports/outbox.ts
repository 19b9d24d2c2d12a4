/** A completion that is owed to `onComplete`. Delivered at least once. */
export interface OutboxEntry {
  readonly id: string;
  readonly uploadId: string;
  /** Deliveries tried so far. */
  readonly attempts: number;
  readonly dueAt: Date;
}

export interface Outbox {
  /** Entries due at `now`, oldest first, that no other instance holds. */
  due(now: Date, limit: number): Promise<OutboxEntry[]>;
  findByUpload(uploadId: string): Promise<OutboxEntry | null>;
  /** Takes an entry for this instance until `until`; false when another instance was faster. */
  lease(entry: OutboxEntry, lease: { now: Date; until: Date }): Promise<boolean>;
  /** Prolongs a lease that ends at `held` to `until`; false when another instance took the entry meanwhile. */
  renew(id: string, lease: { held: Date; until: Date }): Promise<boolean>;
  /** Delivered: the entry is removed. */
  done(id: string): Promise<void>;
  /**
   * Not delivered: counts the attempt and gives the entry back, due again at `dueAt`. Nothing changes
   * when the lease that ends at `held` was lost.
   */
  failed(id: string, retry: { held: Date; dueAt: Date }): Promise<void>;
}
