import type { UploadStatus } from "../../core/upload.ts";

/** Texts of the list of the user's uploads. */
export const filesMessages = {
  title: "Your files",
  empty: "No files yet.",
  emptyHint: "Uploaded files appear here, with a checksum and a download link.",
  search: "Search name or folder",
  noneFound: "No matching files.",
  failed: "The list could not be loaded.",
  status: {
    complete: "Complete",
    uploading: "Unfinished",
    expired: "Expired",
  } satisfies Record<UploadStatus, string>,
  continueHint: "Drop the same file again to continue.",
  expiredHint: "Not finished in time. The server deletes its bytes.",
  processing: "Processing",
  download: (name: string) => `Download ${name}`,
  delete: (name: string) => `Delete ${name}`,
  copyChecksum: (algorithm: string) => `Copy the ${algorithm} checksum`,
  deleteTitle: "Delete this file?",
  deleteBody: (name: string) => `The server deletes “${name}”. You cannot undo this.`,
  deleteAction: "Delete",
  held: (held: string, size: string) => `${held} of ${size}`,
} as const;
