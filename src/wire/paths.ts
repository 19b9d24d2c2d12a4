import { UploadError } from "../core/errors.ts";

/** The base paths of the doors, with a leading slash and without a trailing one. */
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
 * The decoded segments of `pathname` below `base`, ignoring one trailing slash; null when the path is
 * not below `base`. Throws INVALID_INPUT for a malformed percent escape.
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

/** The path of an upload at the drf door, with a trailing slash as in drf-chunked-upload. */
export function drfUploadPath(id: string): string {
  return `${DRF_PATH}/${encodeURIComponent(id)}/`;
}

/**
 * Parses a path of the drf door: the collection (`id` null) or one upload. Null for any other path.
 * Throws INVALID_INPUT for a malformed percent escape.
 */
export function readDrfPath(pathname: string): { readonly id: string | null } | null {
  const segments = segmentsBelow(DRF_PATH, pathname);
  if (segments === null || segments.length > 1) return null;
  const [id] = segments;
  if (id === undefined) return { id: null };
  return id === "" ? null : { id };
}

/** The target of a path at the raw door. */
export interface RawTarget {
  /** Decoded, but not validated: it may not be a UUID. */
  readonly id: string;
  readonly part: "upload" | "file";
}

/**
 * Parses a path of the raw door; null for any other path. Throws INVALID_INPUT for a malformed
 * percent escape.
 */
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

/** The target of a path at the tus door; `id` null: the creation URL. */
export interface TusTarget {
  /** Decoded, but not validated: it may not be a UUID. */
  readonly id: string | null;
}

/**
 * Parses a path of the tus door; null for any other path. Throws INVALID_INPUT for a malformed
 * percent escape.
 */
export function readTusPath(pathname: string): TusTarget | null {
  const segments = segmentsBelow(TUS_PATH, pathname);
  if (segments === null || segments.length > 1) return null;
  const [id = null] = segments;
  return id === "" ? null : { id };
}
