import { isMetadataKey } from "../../core/begin/metadata.ts";
import { UploadError } from "../../core/errors.ts";
import type { InitRequest } from "../../core/requests.ts";
import { decodeBase64 } from "./base64.ts";

/** The filename of uploads whose client sends none. */
const NAMELESS = "upload";
/** A media type is used in headers and lists: it must be printable ASCII. */
const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/**
 * Parses `Upload-Metadata` (tus, Creation): comma-separated pairs of a key and a base64 value; the value
 * may be omitted together with the space before it. Keys are unique. Empty for an empty header.
 * INVALID_INPUT if it is malformed.
 */
export function parseMetadata(header: string): Map<string, Uint8Array> {
  const pairs = new Map<string, Uint8Array>();
  if (header.trim() === "") return pairs;
  for (const pair of header.split(",")) {
    const [key = "", value = "", ...rest] = pair.trim().split(" ");
    // "The key SHOULD be ASCII encoded"; only visible characters are accepted.
    const bytes = /^[\x21-\x7e]+$/.test(key) && rest.length === 0 ? decodeBase64(value) : null;
    if (bytes === null) throw refuse("It must be a list of keys with values in base64.");
    if (pairs.has(key)) throw refuse("A key occurs twice.");
    pairs.set(key, bytes);
  }
  return pairs;
}

/** Keys that are not metadata, in addition to those of name and type. */
const OTHERS = ["relativePath", "profile"];

type Described = Pick<
  InitRequest,
  "filename" | "path" | "contentType" | "profile" | "metadata" | "uploadMetadata"
>;

/**
 * The upload that `Upload-Metadata` describes: `filename` or `name`, `filetype` or `type`, `relativePath` and
 * `profile` are used and are then not metadata. All other pairs are metadata, except invalid metadata keys
 * and values that are not UTF-8.
 */
export function describeUpload(header: string | null): Described {
  const pairs = parseMetadata(header ?? "");
  const text = (key: string) => new TextDecoder().decode(pairs.get(key));
  const nameKey = text("filename") === "" ? "name" : "filename";
  const typeKey = text("filetype") === "" ? "type" : "filetype";
  const understood = new Set(["filename", nameKey, "filetype", typeKey, ...OTHERS]);
  const contentType = text(typeKey);
  const rest = [...pairs].flatMap(([key, bytes]) => {
    const value = understood.has(key) || !isMetadataKey(key) ? null : readText(bytes);
    return value === null ? [] : [[key, value] as const];
  });
  return {
    filename: text(nameKey) || NAMELESS,
    path: readRelativePath(text("relativePath")),
    contentType: PRINTABLE.test(contentType) ? contentType : null,
    profile: text("profile") || undefined,
    metadata: Object.fromEntries(rest),
    uploadMetadata: pairs.size === 0 ? null : header,
  };
}

/**
 * Browsers prefix the path of a dropped file with a slash (`FileSystemEntry.fullPath`), and Uppy sends it
 * unchanged. The path is relative to the dropped folder nevertheless.
 */
function readRelativePath(path: string): string | undefined {
  return path.replace(/^\//, "") || undefined;
}

function readText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function refuse(reason: string): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: `Upload-Metadata is malformed. ${reason}`,
    details: { header: "Upload-Metadata" },
  });
}
