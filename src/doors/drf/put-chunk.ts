import { UploadError } from "../../core/errors.ts";
import type { Upload } from "../../core/upload.ts";
import { beginRecord, discard, fillRecord } from "./begin-file.ts";
import { judgePosition, readPosition, type StatedPosition } from "./chunk-position.ts";
import { readWords } from "./describe-file.ts";
import type { DrfCall } from "./drf-call.ts";
import type { FormReader } from "./form-reader.ts";
import { openForm } from "./read-form.ts";
import { explainRefusal } from "./refuse-chunk.ts";

/** Opens the form of a PUT or POST that must contain a chunk. NO_CHUNK if the body is not a form. */
export function requireForm({ deps, call }: DrfCall): FormReader {
  const form = openForm(call.request, { ...deps, field: deps.fieldName });
  if (form === null) throw new UploadError("NO_CHUNK");
  return form;
}

/** `PUT …/{id}/`: appends the chunk. The checks are in the order of docs/protocol.md. */
export async function appendChunk(asked: DrfCall, id: string): Promise<Upload> {
  const { deps, call } = asked;
  const form = requireForm(asked);
  const position = readPosition(call.request.headers);
  const rules = await deps.service.rules(call.principal, { id, opening: call.opening });
  const request = { position, contentLength: null, sequential: true, whole: true };
  try {
    const refusal =
      judgePosition(position, rules.maxBytes) ??
      (rules.upload === null
        ? new UploadError("NOT_FOUND")
        : deps.service.checkAppend(rules.upload, request));
    if (refusal !== null) throw refusal;
    if ((await form.findChunk()) === null) throw new UploadError("NO_CHUNK");
    const { signal } = call.request;
    return await deps.service.append(call.principal, {
      ...request,
      id,
      body: form.bytes(),
      signal,
      opening: call.opening,
    });
  } catch (refusal) {
    await call.opening?.end();
    throw await explainRefusal(form, refusal, position);
  }
}

/** `PUT …/`: creates an upload with its first chunk; the record is removed if the chunk is refused. */
export async function createByChunk(asked: DrfCall): Promise<Upload> {
  const form = requireForm(asked);
  const position = readPosition(asked.call.request.headers);
  try {
    if ((await form.findChunk()) === null) throw new UploadError("NO_CHUNK");
    return await create(asked, form, position);
  } catch (refusal) {
    throw await explainRefusal(form, refusal, position);
  }
}

async function create(
  asked: DrfCall,
  form: FormReader,
  position: StatedPosition | null,
): Promise<Upload> {
  const { deps, call } = asked;
  const profile = form.fieldsBefore.get("profile");
  const { maxBytes, checksumAlgorithm } = await deps.service.rules(call.principal, { profile });
  const refusal = judgePosition(position, maxBytes);
  if (refusal !== null || position === null) throw refusal;
  if (position.start !== 0) {
    throw new UploadError("OFFSET_MISMATCH", {
      details: { expected_offset: 0, provided_offset: position.start },
    });
  }
  const words = readWords(form, form.fieldsBefore, { checksumAlgorithm });
  const file = { form, words, checksumAlgorithm, size: position.total };
  const upload = await beginRecord(asked, file);
  try {
    return await fillRecord(asked, { ...file, upload, position });
  } catch (failure) {
    await discard(asked, upload, failure);
    throw failure;
  }
}
