import type { UploadStatus } from "../../core/upload.ts";
import type { AdminSort } from "../admin/admin-query.ts";

/** What the administration says. */
export const adminMessages = {
  title: "All uploads",
  search: "Search by filename",
  status: "Status",
  allStatuses: "Any status",
  statuses: {
    uploading: "Uploading",
    complete: "Complete",
    expired: "Expired",
  } satisfies Record<UploadStatus, string>,
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
    filename: { asc: "Names from A", desc: "Names from Z" },
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
      ? "Its bytes and its record are removed for good. This cannot be undone."
      : "Bytes and records are removed for good, finished files among them. This cannot be undone.",
  andMore: (count: number) => `and ${count} more`,
  total: (count: number) => {
    if (count >= 10_000) return "10,000+ uploads";
    return count === 1 ? "1 upload" : `${count.toLocaleString("en")} uploads`;
  },
  next: "Next page",
  first: "First page",
  none: "No upload matches.",
  noneYet: "Nobody has uploaded anything yet.",
  failed: "The uploads could not be loaded.",
  nobody: "Nobody",
  expires: (date: string) => `expires ${date}`,
  deferred: "Not known yet",
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
