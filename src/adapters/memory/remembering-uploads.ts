import type { Uploads } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import { Remembered } from "./remembered.ts";

/** Records of uploads kept in memory at most: those that are being written, for the greater part. */
const KEPT = 256;

/**
 * The same records, with those last seen kept in memory: a chunk then costs one statement instead of
 * three. Only where no other process changes records; should one do so all the same, a change that
 * fails by its version makes us look again.
 */
export function rememberUploads(uploads: Uploads): { uploads: Uploads; forget: () => void } {
  const known = new Remembered<Upload>(KEPT);

  async function change(seen: Upload, work: () => Promise<Upload | null>): Promise<Upload | null> {
    // What failed may have been made all the same: only a look at the record tells.
    const changed = await known.writing(work).catch((error: unknown) => {
      known.forget(seen.id);
      throw error;
    });
    if (changed === null) known.forget(seen.id);
    else if ((known.get(changed.id)?.version ?? -1) < changed.version)
      known.keep(changed.id, changed);
    return changed;
  }

  const remembering: Uploads = {
    ...uploads,
    insert: (upload) => known.writing(() => uploads.insert(upload)),
    find: (id) => known.getOr(id, () => uploads.find(id)),
    update: (upload, changes, guard) =>
      change(upload, () => uploads.update(upload, changes, guard)),
    updateWithOutbox: (upload, changes, due) =>
      change(upload, () => uploads.updateWithOutbox(upload, changes, due)),
    async remove(id) {
      try {
        await known.writing(() => uploads.remove(id));
      } finally {
        known.forget(id);
      }
    },
  };
  return { uploads: remembering, forget: () => known.forgetAll() };
}
