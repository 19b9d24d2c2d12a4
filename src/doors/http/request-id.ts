/** The header that carries the id of a request, in requests, responses and the log. */
export const REQUEST_ID_HEADER = "x-request-id";

const REQUEST_ID = /^[A-Za-z0-9._~:@/+=-]{1,128}$/;

/** The id that a request carries; null when it has none, or one that does not belong into a log. */
export function readRequestId(value: string | null | undefined): string | null {
  return typeof value === "string" && REQUEST_ID.test(value) ? value : null;
}
