import type { CoreContext } from "../core.ts";
import { isUploadError } from "../errors.ts";

/**
 * Does what frees space, also on a full disk: a deletion that finds no room to be recorded gets the
 * space that is kept for it, and is tried once more, by `again`: `work` may have been done in part.
 */
export async function withRoom<T>(
  core: Pick<CoreContext, "store" | "log">,
  work: () => Promise<T>,
  again: () => Promise<T> = work,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUploadError(error) || error.code !== "STORAGE_FULL") throw error;
    core.log.warn({ err: error }, "the disk is full: a deletion uses the space kept for it");
    return await core.store.makeRoom(again);
  }
}
