import { isUploadError, UploadError, type UploadErrorCode } from "../../core/errors.ts";

/** How long a client waits before it tries again after a failure of the service. */
const RETRY_MS = 5_000;

/** What the service calls things that have an effect other than UNAVAILABLE. */
const codes: Readonly<Record<string, UploadErrorCode>> = {
  QuotaExceeded: "STORAGE_FULL",
  QuotaExceededException: "STORAGE_FULL",
  StorageFull: "STORAGE_FULL",
  InsufficientStorage: "STORAGE_FULL",
  XMinioStorageFull: "STORAGE_FULL",
  XMinioAdminBucketQuotaExceeded: "STORAGE_FULL",
  EntityTooLarge: "TOO_LARGE",
};

const missing = new Set(["NoSuchKey", "NotFound", "NoSuchUpload"]);

/** The service's name of an error ("NoSuchKey"); null when the error carries none. */
export function errorName(error: unknown): string | null {
  return error instanceof Error ? error.name : null;
}

export function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("$metadata" in error)) return null;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode ?? null;
}

/** Whether the object or the multipart upload is not there. A missing bucket is another matter. */
export function isMissing(error: unknown): boolean {
  return missing.has(errorName(error) ?? "");
}

/** STORAGE_FULL, TOO_LARGE or UNAVAILABLE, with the service's error as its cause. */
export function storeFailure(cause: unknown): UploadError {
  if (isUploadError(cause)) return cause;
  const code = statusOf(cause) === 507 ? "STORAGE_FULL" : codes[errorName(cause) ?? ""];
  if (code === undefined || code === "UNAVAILABLE") return unavailable(cause);
  return new UploadError(code, { cause: withoutResponse(cause) });
}

/** The SDK's errors hold the whole response, with its headers and sockets. */
function withoutResponse(error: unknown): unknown {
  if (!(error instanceof Error) || !("$metadata" in error)) return error;
  const { requestId } = error.$metadata as { requestId?: string };
  const facts = [error.name, statusOf(error), requestId].filter(Boolean).join(", ");
  const lean = new Error(`${error.message} (${facts})`);
  lean.name = error.name;
  return lean;
}

/** UNAVAILABLE, with a cause for the operator's log. */
export function unavailable(reason: unknown): UploadError {
  const cause = typeof reason === "string" ? new Error(reason) : withoutResponse(reason);
  return new UploadError("UNAVAILABLE", { retryAfterMs: RETRY_MS, cause });
}

/** The promise's value; null when there is no such object or multipart upload. */
export async function unlessMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
