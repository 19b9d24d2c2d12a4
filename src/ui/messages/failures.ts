import type { FailureCode, UploadFailure } from "../../client/failure.ts";

const sentences: Partial<Record<FailureCode, string>> = {
  NETWORK: "The server could not be reached. What was sent is kept.",
  UNAVAILABLE: "The server is not available at the moment. What was sent is kept.",
  BUSY: "The upload is busy. Try again in a moment.",
  RATE_LIMITED: "Too many requests. Try again in a moment.",
  FILE_UNREADABLE:
    "The file cannot be read any more. It was moved, changed or removed; choose it again.",
  NOT_FOUND: "The upload was removed on the server. Trying again starts from the beginning.",
  EXPIRED: "The upload expired. Trying again starts from the beginning.",
  CHECKSUM_MISMATCH:
    "What arrived is not what this file holds. Trying again starts from the beginning.",
  STORAGE_FULL: "The server has no space left.",
  QUOTA_EXCEEDED: "This file does not fit into your quota.",
  BODY_TOO_LARGE: "A server on the way refuses chunks of this size.",
  CROSS_ORIGIN:
    "The server refused a request from this address. Open the page by the server's own address.",
  UNEXPECTED: "Something unexpected happened.",
};

/** Why an upload failed, and what helps. The server's own sentence where it knows more than the code. */
export function failureMessage(failure: Pick<UploadFailure, "code" | "message">): string {
  return sentences[failure.code] ?? failure.message;
}
