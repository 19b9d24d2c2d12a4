import { UploadError } from "../errors.ts";
import { plainFilename } from "./filename.ts";

const MAX_BYTES = 4 * 1024;
const DRIVE = /^[A-Za-z]:[/\\]/;

/**
 * The relative path of a file in the folder that was sent, with "/" between its parts. `filename` is
 * the name that the upload has: it replaces the last part of `given`, so that the two never differ.
 * Backslashes count as separators; empty parts and "." are removed, and each part is cleaned as
 * filenames are. Null without a folder. REJECTED for an absolute path, for a "..", and for a result
 * of more than 4 KiB in UTF-8. The path is shown and searched, never opened.
 */
export function readRelativePath(
  given: string | null | undefined,
  filename: string,
): string | null {
  if (given === null || given === undefined) return null;
  if (/^[/\\]/.test(given) || DRIVE.test(given)) throw refuse("The path must be relative.");
  const parts = given.split(/[/\\]/).map(plainFilename);
  if (parts.includes("..")) throw refuse('The path must not contain "..".');
  const folders = parts.slice(0, -1).filter((part) => part !== "" && part !== ".");
  if (folders.length === 0) return null;
  const path = [...folders, filename].join("/");
  if (new TextEncoder().encode(path).length <= MAX_BYTES) return path;
  throw refuse(`The path has more than ${MAX_BYTES} bytes.`);
}

function refuse(message: string): UploadError {
  return new UploadError("REJECTED", { message, details: { field: "path" } });
}
