import { constants } from "node:os";
import { isUploadError, UploadError } from "../../core/errors.ts";

/** The error's system code ("ENOENT"); null if it has none. */
export function errorCode(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

const fullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function isFull(error: unknown): boolean {
  if (fullCodes.has(errorCode(error) ?? "")) return true;
  // libuv has no name for EDQUOT and reports the number.
  return error instanceof Error && "errno" in error && error.errno === -constants.errno.EDQUOT;
}

/** STORAGE_FULL if the disk, the quota or the maximum file size is exhausted; otherwise UNAVAILABLE. */
export function storeFailure(cause: unknown): UploadError {
  if (isUploadError(cause)) return cause;
  return new UploadError(isFull(cause) ? "STORAGE_FULL" : "UNAVAILABLE", { cause });
}

/** UNAVAILABLE, with a cause for the log. */
export function unavailable(reason: string): UploadError {
  return new UploadError("UNAVAILABLE", { cause: new Error(reason) });
}

/** The promise's value, or null if there is no such file or directory. */
export async function unlessMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
