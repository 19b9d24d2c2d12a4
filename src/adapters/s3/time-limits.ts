/** Time until a response starts. Milliseconds. */
export const RESPONSE_MS = 20_000;
/** Completing thousands of parts takes a service minutes. Milliseconds. */
export const COMPLETE_MS = 15 * 60_000;

const SLOWEST_BYTES_PER_SECOND = 128 * 1024;

/** The time limit of a request with a body of `bytes`. */
export function timeFor(bytes: number): { requestTimeout: number } {
  return { requestTimeout: RESPONSE_MS + (bytes / SLOWEST_BYTES_PER_SECOND) * 1_000 };
}
