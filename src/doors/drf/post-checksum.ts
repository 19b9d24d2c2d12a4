import { isUploadError, UploadError } from "../../core/errors.ts";
import type { UploadRules } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";
import type { DrfCall } from "./drf-call.ts";
import { readFields } from "./read-form.ts";

/**
 * `POST …/{id}/`: verifies and completes. CHECKSUM_REQUIRED even for an unknown id, NOT_FOUND,
 * EXPIRED, ALREADY_COMPLETE (unless the checksum is the right one: then the answer is the same
 * again), INCOMPLETE, CHECKSUM_MISMATCH, in this order.
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

/** The checksum that the fields name by its algorithm. CHECKSUM_REQUIRED without one, unless none is needed. */
export function requireChecksum(
  fields: ReadonlyMap<string, unknown>,
  { checksumAlgorithm: algorithm, checksumRequired }: UploadRules,
): string | undefined {
  const checksum = asText(fields.get(algorithm));
  if (checksum !== "") return checksum;
  if (!checksumRequired) return undefined;
  throw new UploadError("CHECKSUM_REQUIRED", {
    message: `Checksum of type '${algorithm}' is required`,
    details: { algorithm },
  });
}

/** Whatever JSON brings that is no text cannot match, however deep it is; nothing at all is no checksum. */
function asText(given: unknown): string {
  if (typeof given === "string") return given.trim();
  return given ? "no text" : "";
}
