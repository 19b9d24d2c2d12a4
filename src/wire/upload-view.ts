import { receivedRanges, type Upload, uploadStatus } from "../core/upload.ts";
import { filePath, rawUploadPath } from "./paths.ts";
import type { UploadView } from "./schemas.ts";

/** What a view shows beside the record. */
export interface ViewExtras {
  /** Scheme and host of the URLs in the view, without a trailing slash. */
  readonly publicUrl: string;
  readonly now: Date;
  /** As `UploadService.prefix` gives it; null where it is not worth the look. */
  readonly prefix: { readonly length: number; readonly checksum: string } | null;
  /** As `UploadService.result` gives it. */
  readonly data: unknown;
}

/** The upload as callers see it. */
export function toUploadView(upload: Upload, extras: ViewExtras): UploadView {
  const status = uploadStatus(upload, extras.now);
  return {
    id: upload.id,
    url: extras.publicUrl + rawUploadPath(upload.id),
    filename: upload.filename,
    path: upload.path,
    contentType: upload.contentType,
    profile: upload.profile,
    metadata: upload.metadata,
    size: upload.size,
    chunkSize: upload.chunkSize,
    offset: upload.offset,
    received: receivedRanges(upload).map((range) => [range.start, range.end] as const),
    prefix: extras.prefix,
    status,
    completion: upload.completion,
    checksum: upload.checksum,
    checksumAlgorithm: upload.checksumAlgorithm,
    createdAt: upload.createdAt,
    expiresAt: upload.expiresAt,
    completedAt: upload.completedAt,
    fileUrl: status === "complete" ? extras.publicUrl + filePath(upload.id) : null,
    data: extras.data ?? null,
  };
}
