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

/**
 * Names or describes an unfinished upload anew, for protocols in which a file's name may come after
 * its bytes. REJECTED as by `init`; what is complete stays as it was handed on.
 */
export async function describeUpload(
  core: CoreContext,
  principal: Principal,
  request: DescribeRequest,
): Promise<Upload> {
  const upload = await reachUpload(core, principal, { id: request.id, action: "append" });
  const { filename, metadata } = request;
  const profile = profileOf(core.profiles, upload.profile);
  const changes: UploadChanges = {
    ...(filename === undefined ? {} : { filename: readFilename(filename) }),
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
