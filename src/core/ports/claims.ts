import type { ByteRange } from "../ranges.ts";
import type { Upload } from "../upload.ts";

/** A writer's right to a range of an upload, as other instances see it. */
export interface Claim {
  readonly uploadId: string;
  readonly range: ByteRange;
  /** Newer claims have higher epochs. */
  readonly epoch: number;
}

/** A claim on a range that no other request was writing. */
export interface FreeClaim {
  readonly claim: Claim;
  readonly isAlone: boolean;
  /** The record as the claim found it, where taking it has read the record as well. */
  readonly upload?: Upload | undefined;
}

/**
 * Claims as rows that every instance sees, with leases by the database's own clock. Used where
 * several processes share the records; inside one process `Writers` already takes care.
 */
export interface Claims {
  /** Records a claim newer than every other. It overtakes older overlapping ones at once. */
  take(uploadId: string, range: ByteRange, leaseMs: number): Promise<Claim>;
  /**
   * As `take`, unless an older overlapping claim is alive: then null, and nothing changes. `isAlone`
   * is false when another instance took a claim at the same moment: `olderAlive` must be asked.
   */
  takeFree(uploadId: string, range: ByteRange, leaseMs: number): Promise<FreeClaim | null>;
  /** Prolongs the lease; false when a newer claim overlaps this one or it was voided: stop writing. */
  renew(claim: Claim, leaseMs: number): Promise<boolean>;
  /** Gives the claim up; releasing twice is no error. */
  release(claim: Claim): Promise<void>;
  /** Whether an older overlapping claim is neither released nor run out: its writer may still write. */
  olderAlive(claim: Claim): Promise<boolean>;
  /** Whether any claim on the upload is alive. */
  anyAlive(uploadId: string): Promise<boolean>;
  /** The epochs of the claims on the upload, or on what overlaps `range`, that are alive. */
  alive(uploadId: string, range?: ByteRange): Promise<number[]>;
  /** Voids all claims on the upload: their writers' renewals and commits are refused from now on. */
  voidAll(uploadId: string): Promise<void>;
  /** Removes rows whose lease ran out more than a minute ago. */
  prune(): Promise<void>;
}
