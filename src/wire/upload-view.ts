import { receivedRanges, type Upload, uploadStatus } from "../core/upload.ts";
import { filePath, rawUploadPath } from "./paths.ts";
import type { UploadView } from "./schemas.ts";

/** The parts of a view that are not in the record. */
export interface ViewExtras {
  /** Scheme and host of the URLs in the view, without a trailing slash. */
  readonly publicUrl: string;
  readonly now: Date;
  /** The value returned by `UploadService.prefix`; null where it is not looked up. */
  readonly prefix: { readonly length: number; readonly checksum: string } | null;
  /** The value returned by `UploadService.result`. */
  readonly data: unknown;
}

/** Converts an upload to the format shown to clients. */
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
    transfer: upload.origin === "direct" ? "direct" : "server",
    verifiedBy: status === "complete" ? verifierOf(upload) : null,
    createdAt: upload.createdAt,
    expiresAt: upload.expiresAt,
    completedAt: upload.completedAt,
    fileUrl: status === "complete" ? extras.publicUrl + filePath(upload.id) : null,
    data: extras.data ?? null,
  };
}

function verifierOf({ origin }: Pick<Upload, "origin">): "server" | "store" {
  return origin === "direct" ? "store" : "server";
}
