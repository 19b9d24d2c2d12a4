import strftime from "strftime";
import type { StoredObject } from "../../core/ports/chunk-store.ts";
import type { Piece } from "./state.ts";

/** Where pieces lie: `pieces/<upload id>/<token>/<start>-<end>-<name>`. */
const PIECES = "pieces/";
const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const pieceKeys = new RegExp(`^${PIECES}(${uuid})/[^/]+/\\d+-\\d+-[^/]+$`);
const finishedKeys = new RegExp(`^(?:.*/)?(${uuid})$`);
const multipartKeys = /^multipart:([^:]+):(.*)$/s;

/** The key of a finished upload, without the prefix. Throws an Error for a template that is no path. */
export function keyOf(
  template: string,
  { id, createdAt }: { id: string; createdAt: Date },
): string {
  const segments = strftime.utc()(template, createdAt).split("/").filter(Boolean);
  if (segments.some((segment) => segment === "." || segment === "..")) {
    throw new Error(
      `CHUNKED_UPLOAD_PATH must not contain "." or "..": ${JSON.stringify(template)}`,
    );
  }
  return [...segments, id].join("/");
}

/** What all keys of an upload's pieces begin with; with `token` those of one state. */
export function piecesBelow(id: string, token?: string): string {
  return token === undefined ? `${PIECES}${id}/` : `${PIECES}${id}/${token}/`;
}

export function pieceKey(at: { id: string; token: string }, { start, end, name }: Piece): string {
  return `${piecesBelow(at.id, at.token)}${start}-${end}-${name}`;
}

/** What an object is by its key; null for foreign ones. */
export function recognise(key: string): Pick<StoredObject, "kind" | "uploadId"> | null {
  const piece = pieceKeys.exec(key);
  if (piece?.[1] !== undefined) return { kind: "unfinished", uploadId: piece[1] };
  const finished = finishedKeys.exec(key);
  return finished?.[1] === undefined ? null : { kind: "finished", uploadId: finished[1] };
}

/** How `objects()` names a multipart upload that is not ended. */
export function multipartName({ key, id }: { key: string; id: string }): string {
  return `multipart:${encodeURIComponent(id)}:${key}`;
}

/** Null for a name of an object. */
export function readMultipartName(name: string): { key: string; id: string } | null {
  const [, id, key] = multipartKeys.exec(name) ?? [];
  return id === undefined || key === undefined ? null : { id: decodeURIComponent(id), key };
}

/** The name of the metadata field that holds the token of an upload (see `S3State`). */
export const TOKEN = "upload-token";
