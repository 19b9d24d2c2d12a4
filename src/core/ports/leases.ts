/** Named rights that one instance has at a time, such as sweeping. */
export interface Leases {
  /** True when `holder` now has the lease until `until`: it was free, run out, or already the holder's. */
  acquire(name: string, lease: { holder: string; now: Date; until: Date }): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}
