import { reachUpload } from "../access.ts";
import { changeRecord } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { UploadChanges } from "../ports/uploads.ts";
import type { Principal } from "../principal.ts";
import { profileOf } from "../profiles.ts";
import type { DescribeRequest } from "../requests.ts";
import { type Upload, uploadStatus } from "../upload.ts";
import { readFilename } from "./filename.ts";
import { readMetadata } from "./metadata.ts";
import { readRelativePath } from "./relative-path.ts";

/**
 * Changes the name, path or metadata of an unfinished upload, for protocols in which they may come
 * after the bytes. REJECTED as by `init`; ALREADY_COMPLETE, EXPIRED.
 */
export async function describeUpload(
  core: CoreContext,
  principal: Principal,
  request: DescribeRequest,
): Promise<Upload> {
  const upload = await reachUpload(core, principal, { id: request.id, action: "append" });
  const { metadata } = request;
  const profile = profileOf(core.profiles, upload.profile);
  const filename =
    request.filename === undefined ? upload.filename : readFilename(request.filename);
  const changes: UploadChanges = {
    filename,
    path: readRelativePath(request.path ?? upload.path, filename),
    ...(metadata === undefined ? {} : { metadata: await readMetadata(profile, metadata) }),
  };
  const now = core.clock.now();
  const described = await changeRecord(core, upload, {
    decide: (record) => {
      const status = uploadStatus(record, now);
      if (status === "uploading") return changes;
      throw new UploadError(status === "complete" ? "ALREADY_COMPLETE" : "EXPIRED");
    },
  });
  core.events.emit({ type: "progress", upload: described });
  return described;
}
