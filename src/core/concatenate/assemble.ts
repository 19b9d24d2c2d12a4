import { findUpload } from "../access.ts";
import { writeMissing } from "../append/append-chunk.ts";
import { holdClaim } from "../append/hold-claim.ts";
import { bytesLostMeanwhile } from "../append/lost-bytes.ts";
import { requireOpen } from "../change-record.ts";
import { finishesEarly } from "../complete/finish-file.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { ByteRange } from "../ranges.ts";
import type { Upload } from "../upload.ts";
import { claimPartial, type PartSource, sourceOf } from "./partials.ts";

/** A partial, and the range of the final that it fills. */
interface Piece {
  readonly partial: Upload;
  readonly place: ByteRange;
}

/**
 * Copies the bytes of a final's partials into it as if they were a request body: they are committed in
 * stages and hashed on the way, and a repetition after a crash continues at the final's offset. A partial
 * is removed after its last use, so that at most one of them is stored twice. A store that cannot read
 * unfinished uploads keeps all of them until the final is complete (`removeSpentParts`). A partial that
 * went into another final before is read from there.
 *
 * A store that can copy by itself (S3's UploadPartCopy) would take the place of `copy` here: copy
 * the piece, commit its range without a digest, and let `CatchUp` read back what was copied.
 *
 * Returns the record that holds every byte. Throws the reason of `stop`, or what went wrong: what is
 * committed by then stays.
 */
export async function assemble(
  core: CoreContext,
  final: Upload,
  stop: AbortSignal,
): Promise<Upload> {
  const parts = final.parts ?? [];
  let upload = final;
  let at = 0;
  for (const [index, id] of parts.entries()) {
    let partial = await findPart(core, id);
    const place = { start: at, end: at + (partial.size ?? 0) };
    at = place.end;
    if (upload.offset < place.end) {
      partial = await claimPartial(core, partial, final.id);
      upload = await copyFromAnywhere(core, upload, { partial, place, stop });
    }
    const isSpent = partial.finalId === final.id && parts.lastIndexOf(id) === index;
    if (isSpent && !finishesEarly(core)) await core.store.remove(partial);
  }
  return upload;
}

/**
 * Removes the bytes of the partials of a complete final, where `assemble` could not: until then the
 * partials were the only readable copy. Never throws: what remains is removed when the partials expire.
 */
export async function removeSpentParts(core: CoreContext, finalId: string): Promise<void> {
  if (!finishesEarly(core)) return;
  try {
    const final = await core.uploads.find(finalId);
    if (final?.state !== "complete") return;
    for (const id of new Set(final.parts)) {
      const partial = await core.uploads.find(id);
      if (partial?.state === "merged" && partial.finalId === finalId)
        await core.store.remove(partial);
    }
  } catch (err) {
    core.log.warn({ err, uploadId: finalId }, "could not remove the parts of a complete upload");
  }
}

/** The bytes may move while they are read: another final that has copied them removes them here. */
async function copyFromAnywhere(
  core: CoreContext,
  final: Upload,
  { partial, place, stop }: Piece & { stop: AbortSignal },
): Promise<Upload> {
  const source = await sourceOf(core, partial, final.id);
  try {
    return await copy(core, final, { source, place, stop });
  } catch (error) {
    const current = await sourceOf(core, partial, final.id);
    if (stop.aborted || current.upload.id === source.upload.id) throw error;
    const upload = await findUpload(core, final.id);
    return copy(core, upload, { source: current, place, stop });
  }
}

async function findPart(core: CoreContext, id: string): Promise<Upload> {
  const partial = await core.uploads.find(id);
  if (partial?.concat === "partial" && partial.state !== "deleting") return partial;
  throw new UploadError("UNAVAILABLE", { message: `The part ${id} of the upload is gone.` });
}

function copy(
  core: CoreContext,
  final: Upload,
  { source, place, stop }: { source: PartSource; place: ByteRange; stop: AbortSignal },
): Promise<Upload> {
  const ask = { uploadId: final.id, range: { start: final.offset, end: place.end } };
  return holdClaim(core, ask, async (claim) => {
    const upload = await findUpload(core, final.id);
    requireOpen(upload);
    if (upload.offset >= place.end) return upload;
    // The store has lost bytes of the parts before this one: the next run copies them again.
    if (upload.offset < place.start) throw bytesLostMeanwhile();
    const range = { start: upload.offset, end: place.end };
    const shift = source.start - place.start;
    const from = { start: range.start + shift, end: range.end + shift };
    const body = bytesOf(core, { upload: source.upload, range: from, stop });
    const request = { id: upload.id, position: null, contentLength: null, body, signal: stop };
    const plan = { range, exact: true, missing: [range], size: upload.size, staged: true };
    const job = {
      ...{ upload, request, startedAt: core.clock.now() },
      ...{ isAgreed: false, started: () => {}, principal: null },
    };
    return writeMissing(core, job, { plan, claim });
  });
}

async function* bytesOf(
  core: CoreContext,
  from: { upload: Upload; range: ByteRange; stop: AbortSignal },
): AsyncGenerator<Uint8Array> {
  for await (const bytes of core.store.read(from.upload, from.range)) {
    from.stop.throwIfAborted();
    yield bytes;
  }
}
