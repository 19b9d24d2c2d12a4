import type { ByteRange } from "../ranges.ts";

/**
 * What an instance asks of the writers of an upload on the other instances. `settle`: commit what you
 * have received, and continue. `yield`: a newer request writes `range`; commit what you have received,
 * and stop. `complete`, `delete`: stop, what is not committed does not count.
 */
export type PeerAsk =
  | { readonly kind: "settle" | "complete" | "delete"; readonly uploadId: string }
  | { readonly kind: "yield"; readonly uploadId: string; readonly range: ByteRange };

/** The other instances that work on the same records. */
export interface Peers {
  /**
   * Asks, and waits until the writers with these claims have done so, at most `ms`. An instance that
   * does not answer is waited for until then. Never rejects.
   */
  ask(ask: PeerAsk, wait: { epochs: readonly number[]; ms: number }): Promise<void>;
  /** `respond` does what other instances ask, and returns the epochs of the claims here that did it. */
  answer(respond: (ask: PeerAsk) => Promise<number[]>): void;
}
