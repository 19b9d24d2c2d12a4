import { findUpload } from "../access.ts";
import { cutLostRanges } from "../append/lost-bytes.ts";
import { quiesce } from "../append/quiesce.ts";
import { changeRecord } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { exclusively, inTurn } from "../exclusive.ts";
import { isBytesLost } from "../ports/bytes-lost.ts";
import type { Upload } from "../upload.ts";
import { requireWhole } from "./require-whole.ts";

/** Whether the store's `finish` runs before an upload is marked complete: nothing can be read before it. */
export function finishesEarly({ store }: Pick<CoreContext, "store">): boolean {
  return !store.capabilities.readsUnfinished;
}

/**
 * The record of an upload that its client completes. Where the store finishes early no bytes can be
 * added afterwards: a length that was left open is then what is held.
 */
export function settleLength(core: CoreContext, seen: Upload): Promise<Upload> {
  if (!finishesEarly(core)) return Promise.resolve(seen);
  const decide = ({ size, offset }: Upload) => (size === null ? { size: offset } : null);
  return changeRecord(core, seen, { decide });
}

/** How often `finishBeforeMark` starts again because the record has changed. */
const ATTEMPTS = 5;

/**
 * Finishes the file of a full upload whose record is not marked complete yet, where the store works so.
 * Throws INCOMPLETE when the store finds that bytes are gone: the record is cut then.
 */
export async function finishBeforeMark(core: CoreContext, seen: Upload): Promise<void> {
  if (!finishesEarly(core)) return;
  let upload = seen;
  for (let attempt = 1; upload.state === "uploading"; attempt += 1) {
    const current = upload;
    try {
      await inTurn(core, `finish ${current.id}`, () => core.store.finish(current));
      return;
    } catch (error) {
      if (!isBytesLost(error)) throw error;
      upload = await cutLostRanges(core, current, error);
      requireWhole(upload);
      // Bytes that the newest record has in another place were moved by a writer, and are not lost.
      if (upload.version === current.version || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Puts the file into its final place. After a crash or a failure it is simply done again. Waits while
 * another instance does it: BUSY when that takes too long.
 */
export function finishFile(core: CoreContext, upload: Upload): Promise<Upload> {
  return inTurn(core, `finish ${upload.id}`, () => finishAlone(core, upload));
}

/** Like `finishFile`; null if another instance is finishing the file. */
export async function tryToFinish(core: CoreContext, upload: Upload): Promise<Upload | null> {
  const name = `finish ${upload.id}`;
  const turn = await exclusively(core, { name }, () => finishAlone(core, upload));
  return turn.done ? turn.result : null;
}

async function finishAlone(core: CoreContext, seen: Upload): Promise<Upload> {
  // Another instance may have done it while this one waited for its turn.
  const upload = core.claims === null ? seen : await findUpload(core, seen.id);
  if (upload.finished) return upload;
  // A body that began just before the mark must not write into the finished file.
  await quiesce(core, upload.id, "complete");
  await core.store.finish(upload);
  let isFirst = false;
  const finished = await changeRecord(core, upload, {
    decide: (record) => {
      isFirst = !record.finished;
      return record.finished ? null : { finished: true };
    },
  });
  if (isFirst) core.events.emit({ type: "completed", upload: finished });
  return finished;
}
