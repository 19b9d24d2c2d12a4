/** The header with the id of a request, in requests and responses. */
export const REQUEST_ID_HEADER = "x-request-id";

const REQUEST_ID = /^[A-Za-z0-9._~:@/+=-]{1,128}$/;

/** The id of a request from its header; null if it is missing or not safe to log. */
export function readRequestId(value: string | null | undefined): string | null {
  return typeof value === "string" && REQUEST_ID.test(value) ? value : null;
}
