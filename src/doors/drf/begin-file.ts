import { isUploadError } from "../../core/errors.ts";
import type { AppendRequest } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";
import { describeLate, type FileWords, readWords, UNNAMED } from "./describe-file.ts";
import type { DrfCall } from "./drf-call.ts";
import type { FormReader } from "./form-reader.ts";

/** A new file as its form begins to bring it. */
export interface NewFile {
  readonly form: FormReader;
  readonly words: FileWords;
  readonly checksumAlgorithm: string;
  /** Bytes; null while only the end of the form will tell. */
  readonly size: number | null;
  /** How many it has at least, as far as the request tells. */
  readonly leastSize?: number | undefined;
}

/** The record of a new file, before a byte of it. Throws what `init` throws. */
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

/** Takes in the form's bytes and what it says behind them. */
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
 * Takes back a record whose request failed. What somebody else has taken over, or what is complete
 * in spite of the failure, stays. A failure to remove is left to the sweeper: the caller must hear
 * the first one.
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
