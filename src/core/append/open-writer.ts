import { findUpload } from "../access.ts";
import { changeRecord, requireOpen } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import { type BytesLost, isBytesLost } from "../ports/bytes-lost.ts";
import type { ChunkWriter, Merge } from "../ports/chunk-store.ts";
import { highestHeld } from "../ranges.ts";
import { receivedRanges, type Upload } from "../upload.ts";
import { type HeldClaim, requireHeld } from "./hold-claim.ts";
import { cutLostRanges, forgetLostBytes } from "./lost-bytes.ts";
import { freeRefusedBytes } from "./refused-bytes.ts";

/**
 * Opens the store for the holder of `claim`. Returns the writer, and the record as it is after the
 * store has remembered what it must. OFFSET_MISMATCH when the store lost bytes: the record is cut then.
 */
export async function openWriter(
  core: CoreContext,
  seen: Upload,
  claim: HeldClaim,
): Promise<{ writer: ChunkWriter; upload: Upload }> {
  let upload = seen;
  const remember = async (merge: Merge) => {
    const decide = (record: Upload) => {
      requireOpen(record);
      requireHeld(claim);
      const storeState = merge(record.storeState);
      return storeState === record.storeState ? null : { storeState };
    };
    // By the newest record: other writers may have changed what `merge` looks at.
    const newest = await findUpload(core, upload.id);
    upload = await changeRecord(core, newest, { decide, guard: claim.guard });
    return upload;
  };
  try {
    const { writer, length } = await core.store.open(upload, remember);
    // Of the record that the store was asked about: others may have added bytes since.
    if (length >= highestHeld(receivedRanges(seen))) return { writer, upload };
    await writer.close();
    throw await afterShortfall(core, upload, length);
  } catch (error) {
    throw isBytesLost(error) ? await afterLoss(core, upload, { error, claim }) : error;
  }
}

async function afterShortfall(
  core: CoreContext,
  upload: Upload,
  length: number,
): Promise<UploadError> {
  const reset = await forgetLostBytes(core, upload, length);
  await freeRefusedBytes(core, reset);
  return sendAgain(upload, reset);
}

/** Cuts the record to what the store has. Returns the error for the client that sent a body. */
export async function afterLoss(
  core: CoreContext,
  upload: Upload,
  { error, claim }: { error: BytesLost; claim: HeldClaim },
): Promise<UploadError> {
  const cut = { lost: error.lost, guard: claim.guard };
  return sendAgain(upload, await cutLostRanges(core, upload, cut));
}

function sendAgain(before: Upload, { offset }: Upload): UploadError {
  return new UploadError("OFFSET_MISMATCH", {
    message: `The store lost bytes of this upload; send it again from ${offset === 0 ? "the beginning" : `byte ${offset}`}.`,
    details: { expected_offset: offset, provided_offset: before.offset },
  });
}
