import type { UploadView } from "../wire/schemas.ts";
import { UploadFailure } from "./failure.ts";

/** The fields that are never null in a complete upload. */
interface Complete {
  readonly status: "complete";
  /** Bytes. */
  readonly size: number;
  /** The whole file's digest, lower-case hex. */
  readonly checksum: string;
  readonly completedAt: Date;
  /** The absolute download URL. */
  readonly fileUrl: string;
}

/** An upload whose bytes are complete; its profile's `onComplete` may still have to run. */
export interface StoredView<Name extends string = string, Data = unknown>
  extends Omit<UploadView<Name, Data>, keyof Complete>,
    Complete {}

/** An upload that is complete, and whose profile's `onComplete` has run. */
export interface CompletedView<Name extends string = string, Data = unknown>
  extends Omit<StoredView<Name, Data>, "data"> {
  /** What the profile's `onComplete` returned; null for a profile without one. */
  readonly data: Data;
}

/** `view` as a complete upload. Throws UNEXPECTED when it lacks a field of complete uploads. */
export function storedView(view: UploadView): StoredView {
  const { status, size, checksum, completedAt, fileUrl } = view;
  if (
    status === "complete" &&
    size !== null &&
    checksum !== null &&
    completedAt !== null &&
    fileUrl !== null
  )
    return { ...view, status, size, checksum, completedAt, fileUrl };
  throw new UploadFailure("UNEXPECTED", {
    message: "The server reported an incomplete upload as complete.",
    details: { id: view.id, status },
  });
}

/**
 * `view` as a completed upload, once its `onComplete` has run or there is none. Throws UNEXPECTED
 * when it lacks a field of complete uploads.
 */
export function completedView(view: UploadView): CompletedView {
  return storedView(view);
}
