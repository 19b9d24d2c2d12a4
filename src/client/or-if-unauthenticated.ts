import { readFailure } from "./failure.ts";

/** What `response` resolves to, or `fallback` when the server refuses the request with UNAUTHENTICATED. */
export async function orIfUnauthenticated<T>(response: Promise<T>, fallback: T): Promise<T> {
  try {
    return await response;
  } catch (thrown) {
    if (readFailure(thrown).code !== "UNAUTHENTICATED") throw thrown;
    return fallback;
  }
}
