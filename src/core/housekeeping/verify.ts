import { findUpload } from "../access.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { VerifyFinding } from "../requests.ts";
import type { Upload } from "../upload.ts";

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

/** One file that cannot be read is a finding, and keeps nobody from the others. */
async function problemOf(core: CoreContext, upload: Upload): Promise<VerifyFinding["problem"]> {
  try {
    return await compare(core, upload);
  } catch (error) {
    core.log.warn({ err: error, uploadId: upload.id }, "a finished file could not be read");
    return "unreadable";
  }
}

async function compare(core: CoreContext, upload: Upload): Promise<VerifyFinding["problem"]> {
  const size = upload.size ?? 0;
  const length = await core.store.length(upload);
  if (length === 0 && size > 0) return "missing";
  if (length !== size) return "wrong size";
  const digest = await core.digests.start(upload.checksumAlgorithm, { bytes: size });
  try {
    for await (const bytes of core.store.read(upload, { start: 0, end: size }))
      await digest.update(bytes);
    return (await digest.hex()) === upload.checksum ? null : "wrong checksum";
  } finally {
    digest.release();
  }
}
