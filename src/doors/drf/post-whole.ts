import { tooLarge } from "../../core/append/plan-append.ts";
import { UploadError } from "../../core/errors.ts";
import type { UploadRules } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";
import { parseByteCount } from "../../wire/headers.ts";
import { beginRecord, discard, fillRecord, type NewFile } from "./begin-file.ts";
import { readWords } from "./describe-file.ts";
import type { DrfCall } from "./drf-call.ts";
import { type FormReader, MAX_BESIDE_CHUNK } from "./form-reader.ts";
import { requireChecksum } from "./post-checksum.ts";
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
  refuseHopeless(call.request.headers, form, rules);
  const words = readWords(form, form.fieldsBefore, rules);
  const { checksumAlgorithm } = rules;
  const file: NewFile = { form, words, checksumAlgorithm, size: null };
  const upload = await beginRecord(asked, file);
  try {
    return await complete(asked, { file, upload, rules });
  } catch (failure) {
    await discard(asked, upload, failure);
    // Why the form could not be read is more than that the body broke off.
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

/** TOO_LARGE at once for a body whose announced length leaves no doubt: why receive it all first? */
function refuseHopeless(headers: Headers, form: FormReader, { maxBytes }: UploadRules): void {
  const length = parseByteCount(headers.get("content-length"));
  if (length === null || maxBytes === null) return;
  if (length - form.bytesRead > maxBytes + MAX_BESIDE_CHUNK) throw tooLarge({ maxBytes });
}
