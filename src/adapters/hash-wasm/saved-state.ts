import { createHash } from "node:crypto";

/** Must be incremented whenever the format of the following bytes changes. */
const FORMAT = 1;
const SEAL_BYTES = 8;
const HEAD_BYTES = 1 + SEAL_BYTES;

/** Binds the state to its algorithm and detects damage. */
function seal(algorithm: string, state: Uint8Array): Buffer {
  const hash = createHash("sha256").update(algorithm).update("\0").update(state);
  return hash.digest().subarray(0, SEAL_BYTES);
}

/**
 * The stored form of a hasher's state: format, seal, then the library's own state. The latter starts with a
 * fingerprint of the WebAssembly build: a state stays valid after updates that do not change the
 * algorithm, and is refused by any other build.
 */
export function wrapState(algorithm: string, state: Uint8Array): Uint8Array {
  const wrapped = new Uint8Array(HEAD_BYTES + state.length);
  wrapped[0] = FORMAT;
  wrapped.set(seal(algorithm, state), 1);
  wrapped.set(state, HEAD_BYTES);
  return wrapped;
}

/** The library's state; null if it is damaged, of another algorithm or of another format. */
export function unwrapState(algorithm: string, wrapped: Uint8Array): Uint8Array | null {
  if (wrapped[0] !== FORMAT || wrapped.length < HEAD_BYTES) return null;
  const state = Uint8Array.from(wrapped.subarray(HEAD_BYTES));
  return seal(algorithm, state).equals(wrapped.subarray(1, HEAD_BYTES)) ? state : null;
}
