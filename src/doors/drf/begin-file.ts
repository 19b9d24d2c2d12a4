import { isUploadError } from "../../core/errors.ts";
import type { AppendRequest } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";
import { describeLate, type FileWords, readWords, UNNAMED } from "./describe-file.ts";
import type { DrfCall } from "./drf-call.ts";
import type { FormReader } from "./form-reader.ts";

/** A new file, as far as its form has been read. */
export interface NewFile {
  readonly form: FormReader;
  readonly words: FileWords;
  readonly checksumAlgorithm: string;
  /** Bytes; null if it is known only at the end of the form. */
  readonly size: number | null;
  /** Lower bound of the size in bytes, according to the request. */
  readonly leastSize?: number | undefined;
}

/** Creates the record of a new file, before any of its bytes. Throws what `init` throws. */
export function beginRecord({ deps, call }: DrfCall, file: NewFile): Promise<Upload> {
  const { form, words, size, leastSize } = file;
  return deps.service.init(call.principal, {
    filename: words.filename || UNNAMED,
    path: words.path,
    size,
    leastSize,
    contentType: form.chunk?.contentType ?? null,
    profile: words.profile,
    metadata: words.metadata,
    origin: "drf",
  });
}

/** Appends the file's bytes, then applies the fields that follow them. */
export async function fillRecord(
  asked: DrfCall,
  file: NewFile & { readonly upload: Upload; readonly position: AppendRequest["position"] },
): Promise<Upload> {
  const { deps, call } = asked;
  const { form, upload, words: early } = file;
  const appended = await deps.service.append(call.principal, {
    id: upload.id,
    position: file.position,
    contentLength: null,
    body: form.bytes(),
    signal: call.request.signal,
    sequential: true,
    whole: true,
  });
  const late = readWords(form, form.fields, file);
  return describeLate(asked, appended, { early, late });
}

/**
 * Removes a record whose request failed, unless another request took it over or it is complete despite the
 * failure. If the removal fails, the sweeper removes it later: the client must get the first error.
 */
export async function discard(
  { deps, call }: DrfCall,
  upload: Upload,
  failure: unknown,
): Promise<void> {
  if (isUploadError(failure) && failure.code === "BUSY") return;
  try {
    const { state } = await deps.service.status(call.principal, upload.id);
    if (state !== "complete") await deps.service.remove(call.principal, upload.id);
  } catch (error) {
    deps.log.warn({ err: error, uploadId: upload.id }, "a refused upload was not removed");
  }
}
