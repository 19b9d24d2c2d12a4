import type { UploadStatus } from "../../core/upload.ts";

export const sorts = ["createdAt", "filename", "size"] as const;
export type AdminSort = (typeof sorts)[number];
const statuses: readonly UploadStatus[] = ["uploading", "complete", "expired"];

/** What the administrator looks at: all of it stands in the address, so that links and "back" work. */
export interface AdminQuery {
  readonly search: string;
  readonly status: UploadStatus | null;
  readonly sort: AdminSort;
  readonly order: "asc" | "desc";
  readonly cursor: string | null;
}

/** Reads the address; what it does not know it takes for the default. */
export function readAdminQuery(parameters: URLSearchParams): AdminQuery {
  const status = parameters.get("status");
  const sort = parameters.get("sort");
  return {
    search: parameters.get("search") ?? "",
    status: statuses.find((known) => known === status) ?? null,
    sort: sorts.find((known) => known === sort) ?? "createdAt",
    order: parameters.get("order") === "asc" ? "asc" : "desc",
    cursor: parameters.get("cursor"),
  };
}

/** The address's query, "" or with its question mark; defaults are left out. */
export function writeAdminQuery(query: AdminQuery): string {
  const parameters = new URLSearchParams();
  if (query.search !== "") parameters.set("search", query.search);
  if (query.status !== null) parameters.set("status", query.status);
  if (query.sort !== "createdAt") parameters.set("sort", query.sort);
  if (query.order !== "desc") parameters.set("order", query.order);
  if (query.cursor !== null) parameters.set("cursor", query.cursor);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
