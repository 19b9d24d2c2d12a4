import { findUpload } from "./access.ts";
import { writeMissing } from "./append-chunk.ts";
import { requireOpen } from "./change-record.ts";
import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import { holdClaim } from "./hold-claim.ts";
import { claimPartial } from "./partials.ts";
import type { ByteRange } from "./ranges.ts";
import type { Upload } from "./upload.ts";

/** A partial, and the range of the final that it fills. */
interface Piece {
  readonly partial: Upload;
  readonly place: ByteRange;
}

/**
 * Puts a final together: its partials' bytes are appended to it as bodies from outside would be, so
 * that it commits in stages, is hashed on the way and goes on at its offset after a crash. A partial
 * whose last use is copied gives up its bytes: the disk holds one of them twice at most.
 *
 * A store that can copy by itself (S3's UploadPartCopy) would take the place of `copy` here: copy
 * the piece, commit its range without a digest, and let `CatchUp` read back what was copied.
 *
 * Answers the record that holds every byte. Throws what `stop` aborts with, or what went wrong: the
 * prefix that is committed by then stays.
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
    const partial = await findPart(core, id);
    const place = { start: at, end: at + (partial.size ?? 0) };
    at = place.end;
    if (upload.offset < place.end) {
      await claimPartial(core, partial, final.id);
      upload = await copy(core, upload, { piece: { partial, place }, stop });
    }
    if (parts.lastIndexOf(id) === index) await core.store.remove(partial);
  }
  return upload;
}

async function findPart(core: CoreContext, id: string): Promise<Upload> {
  const partial = await core.uploads.find(id);
  if (partial?.concat === "partial" && partial.state !== "deleting") return partial;
  throw new UploadError("UNAVAILABLE", { message: `The part ${id} of the upload is gone.` });
}

function copy(
  core: CoreContext,
  final: Upload,
  { piece, stop }: { piece: Piece; stop: AbortSignal },
): Promise<Upload> {
  const { place } = piece;
  const ask = { uploadId: final.id, range: { start: final.offset, end: place.end } };
  return holdClaim(core, ask, async (claim) => {
    const upload = await findUpload(core, final.id);
    requireOpen(upload);
    if (upload.offset >= place.end) return upload;
    const range = { start: upload.offset, end: place.end };
    const body = bytesFrom(core, { piece, start: range.start, stop });
    const request = { id: upload.id, position: null, contentLength: null, body, signal: stop };
    const plan = { range, exact: true, missing: [range], size: upload.size, staged: true };
    const job = { upload, request, startedAt: core.clock.now() };
    return writeMissing(core, job, { plan, claim });
  });
}

/** The rest of a partial, from where the final stands. */
async function* bytesFrom(
  core: CoreContext,
  from: { piece: Piece; start: number; stop: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { partial, place } = from.piece;
  const range = { start: from.start - place.start, end: place.end - place.start };
  for await (const bytes of core.store.read(partial, range)) {
    from.stop.throwIfAborted();
    yield bytes;
  }
}
