import type { FailureCode, UploadFailure } from "../../client/failure.ts";

const sentences: Partial<Record<FailureCode, string>> = {
  NETWORK: "The server could not be reached. Sent data is kept.",
  UNAVAILABLE: "The server is currently unavailable. Sent data is kept.",
  BUSY: "The upload is busy. Try again in a moment.",
  RATE_LIMITED: "Too many requests. Try again in a moment.",
  FILE_UNREADABLE:
    "The file can no longer be read. It was moved, changed or removed. Choose it again.",
  NOT_FOUND: "The upload was removed on the server. Trying again starts from the beginning.",
  EXPIRED: "The upload expired. Trying again starts from the beginning.",
  CHECKSUM_MISMATCH:
    "The received data does not match this file. Trying again starts from the beginning.",
  STORAGE_FULL: "The server has no space left.",
  QUOTA_EXCEEDED: "This file does not fit into your quota.",
  BODY_TOO_LARGE: "A proxy rejects chunks of this size.",
  CROSS_ORIGIN:
    "The server rejected a request from this address. Open the page at the server's own address.",
  UNEXPECTED: "An unexpected error occurred.",
};

/** Why an upload failed and what to do. Codes without a text here use the server's message. */
export function failureMessage(failure: Pick<UploadFailure, "code" | "message">): string {
  return sentences[failure.code] ?? failure.message;
}
