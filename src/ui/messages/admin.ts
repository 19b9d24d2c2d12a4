import type { UploadStatus } from "../../core/upload.ts";
import type { AdminSort } from "../admin/admin-query.ts";
import type { Formats } from "../format.ts";

/** Texts of the admin page. */
export const adminMessages = {
  title: "All uploads",
  search: "Search name, folder, owner or id",
  status: "Status",
  allStatuses: "Any status",
  statuses: {
    uploading: "Uploading",
    complete: "Complete",
    expired: "Expired",
  } satisfies Record<UploadStatus, string>,
  active: "Active",
  interrupted: "Interrupted",
  lastActivity: (date: string) => `last activity ${date}`,
  gone: "Gone",
  goneWhy: "Deleted, or no longer matches",
  /** Uploads created since the list was loaded, which are not shown yet. */
  fresh: (count: number, formats: Formats) => `${formats.count(count)} new`,
  showFresh: (count: number, formats: Formats) =>
    count === 1 ? "Show 1 new upload" : `Show ${formats.count(count)} new uploads`,
  columns: {
    select: "Select",
    filename: "Filename",
    user: "User",
    status: "Status",
    progress: "Progress",
    size: "Size",
    created: "Created",
    actions: "Actions",
  },
  sort: "Order",
  orders: {
    createdAt: { desc: "Newest first", asc: "Oldest first" },
    filename: { asc: "Name, A to Z", desc: "Name, Z to A" },
    size: { desc: "Largest first", asc: "Smallest first" },
  } satisfies Record<AdminSort, Record<"asc" | "desc", string>>,
  sortBy: (column: string) => `Sort by ${column}`,
  selectAll: "Select all on this page",
  select: (name: string) => `Select ${name}`,
  selected: (count: number) => `${count} selected`,
  clearSelection: "Clear",
  delete: "Delete",
  deleteTitle: (count: number) =>
    count === 1 ? "Delete this upload?" : `Delete ${count} uploads?`,
  deleteBody: (count: number) =>
    count === 1
      ? "The server deletes its bytes and its record. You cannot undo this."
      : "The server deletes their bytes and records, including finished files. You cannot undo this.",
  andMore: (count: number) => `and ${count} more`,
  /** The server counts at most 10,000. */
  total: (count: number, formats: Formats) => {
    if (count >= 10_000) return `${formats.count(10_000)}+ uploads`;
    return count === 1 ? "1 upload" : `${formats.count(count)} uploads`;
  },
  next: "Next page",
  first: "First page",
  none: "No matching uploads.",
  noneYet: "No uploads yet.",
  failed: "The uploads could not be loaded.",
  noOwner: "No owner",
  expires: (date: string) => `expires ${date}`,
  deferred: "Unknown",
  download: (name: string) => `Download ${name}`,
  progressOf: (name: string) => `Progress of ${name}`,
  stats: {
    complete: "Complete",
    uploading: "Unfinished",
    expired: "Expired",
    stored: "Stored",
    users: "Users",
  },
} as const;
