import { DEFAULT_PROFILE } from "../../core/profiles.ts";
import type { UploadView } from "../../wire/schemas.ts";

/**
 * Whether an unfinished upload goes on when its file is dropped here again: what is dropped here is
 * of the default profile and without metadata, and goes on with an upload that holds some of it.
 */
export function isContinuedHere({
  profile,
  metadata,
  offset,
}: Pick<UploadView, "profile" | "metadata" | "offset">): boolean {
  return profile === DEFAULT_PROFILE && offset > 0 && Object.keys(metadata).length === 0;
}
