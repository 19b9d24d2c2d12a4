import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Upload } from "../../core/upload.ts";
import { requireChecksum } from "./checksum-field.ts";
import type { DrfCall } from "./drf-call.ts";
import { readFields } from "./read-form.ts";

/**
 * `POST …/{id}/`: verifies and completes. CHECKSUM_REQUIRED even for an unknown id, NOT_FOUND,
 * EXPIRED, ALREADY_COMPLETE (unless the checksum is right: then the response is the same as before),
 * INCOMPLETE, CHECKSUM_MISMATCH, in this order.
 */
export async function completeByChecksum(asked: DrfCall, id: string): Promise<Upload> {
  const { deps, call } = asked;
  const fields = await readFields(call.request, deps);
  const rules = await deps.service.rules(call.principal, { id });
  const checksum = requireChecksum(fields, rules);
  try {
    return await deps.service.complete(call.principal, { id, checksum });
  } catch (error) {
    const wasComplete = rules.upload?.state === "complete";
    if (wasComplete && isUploadError(error) && error.code === "CHECKSUM_MISMATCH") {
      throw new UploadError("ALREADY_COMPLETE");
    }
    throw error;
  }
}
