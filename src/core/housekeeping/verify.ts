import { findUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { VerifyFinding } from "../requests.ts";
import type { Upload } from "../upload.ts";
import { compareFile } from "./compare-file.ts";

const PAGE = 100;

/** Reads finished files again and compares them with their records: bit rot, lost and meddled files. */
export async function* verify(
  core: CoreContext,
  ask: { id?: string | undefined } = {},
): AsyncGenerator<VerifyFinding> {
  if (ask.id !== undefined) {
    const upload = await findUpload(core, ask.id);
    if (upload.state !== "complete") throw new UploadError("NOT_COMPLETE");
    yield* inspect(core, upload);
    return;
  }
  let afterId: string | undefined;
  for (;;) {
    const page = await core.uploads.completed({ afterId, limit: PAGE });
    for (const upload of page) yield* inspect(core, upload);
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

/** Nothing of an upload that was deleted while its turn came, or while it was read. */
async function* inspect(core: CoreContext, upload: Upload): AsyncGenerator<VerifyFinding> {
  const problem = await problemOf(core, upload);
  if (problem !== null && (await core.uploads.find(upload.id))?.state !== "complete") return;
  yield { upload, problem };
}

/** A file that cannot be read is a finding; the other files are checked all the same. */
async function problemOf(core: CoreContext, upload: Upload): Promise<VerifyFinding["problem"]> {
  try {
    return await compareFile(core, upload);
  } catch (error) {
    core.log.warn({ err: error, uploadId: upload.id }, "a finished file could not be read");
    return "unreadable";
  }
}
