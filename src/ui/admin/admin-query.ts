import type { UploadStatus } from "../../core/upload.ts";

export const sorts = ["createdAt", "filename", "size"] as const;
export type AdminSort = (typeof sorts)[number];
const statuses: readonly UploadStatus[] = ["uploading", "complete", "expired"];

/** The state of the admin page. It is stored in the URL, so that links and the browser's "Back" work. */
export interface AdminQuery {
  readonly search: string;
  readonly status: UploadStatus | null;
  readonly sort: AdminSort;
  readonly order: "asc" | "desc";
  readonly cursor: string | null;
}

/** Parses the URL. Unknown values are replaced by the defaults. */
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

/** Formats the query of the URL, with the question mark; "" if all values are defaults, which are omitted. */
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
