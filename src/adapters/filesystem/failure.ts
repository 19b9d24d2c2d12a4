import { constants } from "node:os";
import { isUploadError, UploadError } from "../../core/errors.ts";

/** The system's name for what went wrong ("ENOENT"); null when the error carries none. */
export function errorCode(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

const fullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function isFull(error: unknown): boolean {
  if (fullCodes.has(errorCode(error) ?? "")) return true;
  // libuv has no name for EDQUOT and hands out the bare number.
  return error instanceof Error && "errno" in error && error.errno === -constants.errno.EDQUOT;
}

/** STORAGE_FULL when the disk, the quota or the largest file size is used up; UNAVAILABLE else. */
export function storeFailure(cause: unknown): UploadError {
  if (isUploadError(cause)) return cause;
  return new UploadError(isFull(cause) ? "STORAGE_FULL" : "UNAVAILABLE", { cause });
}

/** UNAVAILABLE, with a cause that operators find in the log. */
export function unavailable(reason: string): UploadError {
  return new UploadError("UNAVAILABLE", { cause: new Error(reason) });
}

/** The promise's value, or null when there is no such file or directory. */
export async function unlessMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
