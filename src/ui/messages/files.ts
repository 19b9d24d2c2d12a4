import type { UploadStatus } from "../../core/upload.ts";

/** What the list of one's own uploads says. */
export const filesMessages = {
  title: "Your files",
  empty: "No files yet.",
  emptyHint: "What you upload appears here, with its checksum and a link to download it.",
  search: "Search your files",
  noneFound: "No file of yours has this in its name.",
  failed: "The list could not be loaded.",
  status: {
    complete: "Complete",
    uploading: "Unfinished",
    expired: "Expired",
  } satisfies Record<UploadStatus, string>,
  continueHint: "Drop the same file again to continue.",
  expiredHint: "Not finished in time; its bytes will be removed.",
  processing: "Being processed",
  download: (name: string) => `Download ${name}`,
  delete: (name: string) => `Delete ${name}`,
  copyChecksum: (algorithm: string) => `Copy the ${algorithm} checksum`,
  deleteTitle: "Delete this file?",
  deleteBody: (name: string) =>
    `“${name}” is removed from the server for good. This cannot be undone.`,
  deleteAction: "Delete",
  held: (held: string, size: string) => `${held} of ${size}`,
} as const;
