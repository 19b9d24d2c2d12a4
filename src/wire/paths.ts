import { UploadError } from "../core/errors.ts";

/** Where the doors stand. Paths begin with a slash and end without one. */
export const TRPC_PATH = "/api/trpc";
export const RAW_PATH = "/api/uploads";
export const DRF_PATH = "/api/chunked_upload";
export const TUS_PATH = "/api/tus";
export const HEALTH_PATH = "/api/health";
export const READY_PATH = "/api/ready";

/** The raw door of an upload: PUT, HEAD, GET, DELETE. */
export function rawUploadPath(id: string): string {
  return `${RAW_PATH}/${encodeURIComponent(id)}`;
}

/** The download of a finished upload. */
export function filePath(id: string): string {
  return `${rawUploadPath(id)}/file`;
}

/**
 * The decoded segments of `pathname` below `base`, a trailing slash tolerated; null when it does
 * not lie there. INVALID_INPUT for a malformed percent-escape.
 */
export function segmentsBelow(base: string, pathname: string): string[] | null {
  const path = pathname.endsWith("/") ? pathname.slice(0, -1) : pathname;
  if (path === base) return [];
  if (!path.startsWith(`${base}/`)) return null;
  try {
    return path
      .slice(base.length + 1)
      .split("/")
      .map(decodeURIComponent);
  } catch (cause) {
    throw new UploadError("INVALID_INPUT", { message: "The path is malformed.", cause });
  }
}

/** What a path of the raw door names. */
export interface RawTarget {
  /** As the caller wrote it, decoded; perhaps no UUID at all. */
  readonly id: string;
  readonly part: "upload" | "file";
}

/** Reads a path of the raw door; null when it names nothing. INVALID_INPUT for a malformed escape. */
export function readRawPath(pathname: string): RawTarget | null {
  const [id, part, ...rest] = segmentsBelow(RAW_PATH, pathname) ?? [];
  if (id === undefined || id === "" || rest.length > 0) return null;
  if (part === undefined) return { id, part: "upload" };
  return part === "file" ? { id, part } : null;
}

/** An upload at the tus door: HEAD, PATCH, DELETE. */
export function tusUploadPath(id: string): string {
  return `${TUS_PATH}/${encodeURIComponent(id)}`;
}

/** What a path of the tus door names; `id` null: the place where uploads are created. */
export interface TusTarget {
  /** As the caller wrote it, decoded; perhaps no UUID at all. */
  readonly id: string | null;
}

/** Reads a path of the tus door; null when it names nothing. INVALID_INPUT for a malformed escape. */
export function readTusPath(pathname: string): TusTarget | null {
  const segments = segmentsBelow(TUS_PATH, pathname);
  if (segments === null || segments.length > 1) return null;
  const [id = null] = segments;
  return id === "" ? null : { id };
}
