import { DEFAULT_PROFILE } from "../../core/profiles.ts";
import type { UploadView } from "../../wire/schemas.ts";

/**
 * Whether dropping the same file on this page resumes an unfinished upload. Files dropped here have the
 * default profile and no metadata, and resume only uploads that contain bytes.
 */
export function isContinuedHere({
  profile,
  metadata,
  offset,
}: Pick<UploadView, "profile" | "metadata" | "offset">): boolean {
  return profile === DEFAULT_PROFILE && offset > 0 && Object.keys(metadata).length === 0;
}
