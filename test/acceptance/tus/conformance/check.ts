import type { Target } from "./target.ts";

export type Level = "MUST" | "SHOULD" | "MAY";

/** The parts of tus 1.0 by the names in `Tus-Extension`; the core has none there. */
export const extensions = [
  "creation",
  "creation-with-upload",
  "creation-defer-length",
  "expiration",
  "checksum",
  "checksum-trailer",
  "termination",
  "concatenation",
  "concatenation-unfinished",
] as const;

export type Extension = (typeof extensions)[number];

/** Where a check is counted. What only this project promises does not count as conformance. */
export type Group = "core" | Extension | "our contract";

/** One demand of the protocol that can be seen from outside. */
export interface Check {
  /** Unique, `group/what-is-checked`. */
  readonly id: string;
  readonly level: Level;
  readonly extension: Group;
  /** Where the demand stands: the headings of protocol.md, or the contract's own. */
  readonly clause: string;
  /** What holds, as a sentence. */
  readonly text: string;
  /** Extensions it needs beside its own. */
  readonly needs?: readonly Extension[];
  /**
   * Returns when it holds.
   * @throws Unmet when it does not; NotSeen when this server gives no occasion to see it.
   */
  run(target: Target): Promise<void>;
}

/** The demand is not met; the message says what was seen. */
export class Unmet extends Error {}

/** There is no occasion to see it here; the message says why. */
export class NotSeen extends Error {}

/** Fails the check with `seen` unless `holds`. */
export function want(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Unmet(seen);
}
