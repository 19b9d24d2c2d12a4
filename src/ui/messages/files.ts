import type { UploadStatus } from "../../core/upload.ts";

/** The texts of the list of one's own uploads. */
export const filesMessages = {
  title: "Your files",
  empty: "No files yet.",
  emptyHint: "What you upload appears here, with its checksum and a link to download it.",
  search: "Search name or folder",
  noneFound: "No file matches.",
  failed: "The list could not be loaded.",
  status: {
    complete: "Complete",
    uploading: "Unfinished",
    expired: "Expired",
  } satisfies Record<UploadStatus, string>,
  continueHint: "Drop the same file again to continue.",
  expiredHint: "Not finished in time. The server deletes its bytes.",
  processing: "Being processed",
  download: (name: string) => `Download ${name}`,
  delete: (name: string) => `Delete ${name}`,
  copyChecksum: (algorithm: string) => `Copy the ${algorithm} checksum`,
  deleteTitle: "Delete this file?",
  deleteBody: (name: string) => `The server deletes “${name}”. You cannot undo this.`,
  deleteAction: "Delete",
  held: (held: string, size: string) => `${held} of ${size}`,
} as const;
