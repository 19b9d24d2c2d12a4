import type { Uploads } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import { Remembered } from "./remembered.ts";

/** Maximum number of upload records in memory; most of them are being written. */
const KEPT = 256;

/**
 * The same records, with those used last kept in memory: a chunk then needs one statement instead of three.
 * Only for a database that no other process changes. If one does, an update fails by its version, and the
 * record is read again.
 */
export function rememberUploads(uploads: Uploads): { uploads: Uploads; forget: () => void } {
  const known = new Remembered<Upload>(KEPT);

  async function change(seen: Upload, work: () => Promise<Upload | null>): Promise<Upload | null> {
    // A statement that failed may have taken effect: read the record again.
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
