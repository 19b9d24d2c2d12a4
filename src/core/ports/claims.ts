import type { ByteRange } from "../ranges.ts";

/** A writer's right to a range of an upload, as other instances see it. */
export interface Claim {
  readonly uploadId: string;
  readonly range: ByteRange;
  /** Newer claims have higher epochs. */
  readonly epoch: number;
}

/**
 * Claims as rows that every instance sees, with leases by the database's own clock. Used where
 * several processes share the records; inside one process `Writers` already takes care.
 */
export interface Claims {
  /** Records a claim newer than every other. It overtakes older overlapping ones at once. */
  take(uploadId: string, range: ByteRange, leaseMs: number): Promise<Claim>;
  /** Prolongs the lease; false when a newer claim overlaps this one or it was voided: stop writing. */
  renew(claim: Claim, leaseMs: number): Promise<boolean>;
  /** Gives the claim up; releasing twice is no error. */
  release(claim: Claim): Promise<void>;
  /** Whether an older overlapping claim is neither released nor run out: its writer may still write. */
  olderAlive(claim: Claim): Promise<boolean>;
  /** Whether any claim on the upload is alive. */
  anyAlive(uploadId: string): Promise<boolean>;
  /** Voids all claims on the upload: their writers' renewals and commits are refused from now on. */
  voidAll(uploadId: string): Promise<void>;
  /** Removes rows whose lease ran out more than a minute ago. */
  prune(): Promise<void>;
}
