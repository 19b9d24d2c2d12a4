import { tryToFinish } from "../complete/finish-file.ts";
import type { CoreContext } from "../core.ts";
import { isBytesLost } from "../ports/bytes-lost.ts";
import type { Upload } from "../upload.ts";
import { removeRecord } from "./remove-upload.ts";

const PAGE = 100;

/**
 * Finishes what a crash or a failure cut short: deletes, and files not yet in their final place. What
 * another instance is working on is left to it.
 * With `before` only what has not changed since: the rest may still be under way.
 */
export async function recover(core: CoreContext, before: Date | null = null): Promise<void> {
  let afterId: string | undefined;
  for (;;) {
    const page = await core.uploads.unsettled({ afterId, limit: PAGE });
    for (const upload of page)
      if (before === null || upload.updatedAt < before) await settle(core, upload);
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) break;
  }
}

/** One upload that cannot be settled must not keep the service from starting. */
async function settle(core: CoreContext, upload: Upload): Promise<void> {
  try {
    if (upload.state === "deleting") await removeRecord(core, upload);
    else if ((await tryToFinish(core, upload)) === null) return;
    core.log.info(
      { uploadId: upload.id, state: upload.state },
      "settled what a stop had cut short",
    );
  } catch (error) {
    core.log.error({ err: error, uploadId: upload.id }, reasonOf(error));
  }
}

/** Retrying does not bring lost bytes back: the operator decides what becomes of the upload. */
function reasonOf(error: unknown): string {
  return isBytesLost(error)
    ? "The store has lost bytes of a completed upload: restore its file from a backup, or delete the upload."
    : "could not settle an upload";
}
