import { tooLarge } from "../../core/append/plan-append.ts";
import { UploadError } from "../../core/errors.ts";
import type { UploadRules } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";
import { parseByteCount } from "../../wire/headers.ts";
import { beginRecord, discard, fillRecord, type NewFile } from "./begin-file.ts";
import { requireChecksum } from "./checksum-field.ts";
import { readWords } from "./describe-file.ts";
import type { DrfCall } from "./drf-call.ts";
import { type FormReader, MAX_BESIDE_CHUNK } from "./form-reader.ts";
import { requireForm } from "./put-chunk.ts";

/**
 * `POST …/`: a whole file in one request. NO_CHUNK, TOO_LARGE, CHECKSUM_REQUIRED, CHECKSUM_MISMATCH,
 * in this order; a refused file is discarded, bytes and record.
 */
export async function uploadWhole(asked: DrfCall): Promise<Upload> {
  const { deps, call } = asked;
  const form = requireForm(asked);
  if ((await form.findChunk()) === null) throw new UploadError("NO_CHUNK");
  const profile = form.fieldsBefore.get("profile");
  const rules = await deps.service.rules(call.principal, { profile });
  const leastSize = leastLength(call.request.headers, form);
  // Refuse before receiving the body if its announced length is already too large.
  if (rules.maxBytes !== null && leastSize > rules.maxBytes) throw tooLarge(rules);
  const words = readWords(form, form.fieldsBefore, rules);
  const { checksumAlgorithm } = rules;
  const file: NewFile = { form, words, checksumAlgorithm, size: null, leastSize };
  const upload = await beginRecord(asked, file);
  try {
    return await complete(asked, { file, upload, rules });
  } catch (failure) {
    await discard(asked, upload, failure);
    // The form's own failure is more specific than the core's.
    throw form.failure ?? failure;
  }
}

async function complete(
  asked: DrfCall,
  { file, upload, rules }: { file: NewFile; upload: Upload; rules: UploadRules },
): Promise<Upload> {
  const { deps, call } = asked;
  const position = { start: 0, end: null, total: undefined };
  const { id } = await fillRecord(asked, { ...file, upload, position });
  const checksum = requireChecksum(file.form.fields, rules);
  return deps.service.complete(call.principal, { id, checksum });
}

/** Lower bound of the file's size in bytes, from the `Content-Length` of the request. */
function leastLength(headers: Headers, form: FormReader): number {
  const length = parseByteCount(headers.get("content-length")) ?? 0;
  return Math.max(0, length - form.bytesRead - MAX_BESIDE_CHUNK);
}
