import { isMetadataKey } from "../../core/begin/metadata.ts";
import { UploadError } from "../../core/errors.ts";
import { DEFAULT_PROFILE } from "../../core/profiles.ts";
import type { Upload } from "../../core/upload.ts";
import { isChecksumField } from "./checksum-field.ts";
import type { DrfCall } from "./drf-call.ts";
import type { FormReader } from "./form-reader.ts";

/** The fields that describe a file, as far as the form has been read. */
export interface FileWords {
  /** "" while the form has not named the file. */
  readonly filename: string;
  /** The relative path in the uploaded folder, from the field `path`. */
  readonly path: string | undefined;
  readonly profile: string;
  readonly metadata: { readonly [key: string]: string };
}

/** Fields that are not metadata; `csrfmiddlewaretoken` is part of every Django form. */
const OWN_FIELDS: readonly string[] = ["filename", "path", "profile", "csrfmiddlewaretoken"];

/**
 * The fields that describe a new file: `filename` (otherwise the name of the part), `path`, `profile`. All
 * other fields become metadata, like the fields of a custom model in the original. Fields whose name is not
 * a valid metadata key are ignored, like unknown fields in the original.
 */
export function readWords(
  { chunk }: FormReader,
  fields: ReadonlyMap<string, string>,
  own: { checksumAlgorithm: string },
): FileWords {
  const isOwn = (name: string) =>
    OWN_FIELDS.includes(name) || isChecksumField(name, own.checksumAlgorithm);
  return {
    filename: fields.get("filename")?.trim() || chunk?.filename?.trim() || "",
    path: fields.get("path") || undefined,
    profile: fields.get("profile") || DEFAULT_PROFILE,
    metadata: Object.fromEntries(
      [...fields].filter(([name]) => isMetadataKey(name) && !isOwn(name)),
    ),
  };
}

/** The name of a new file until its form names it. */
export const UNNAMED = "unnamed";

/**
 * Applies the name and metadata that came after the file. REJECTED if the file has no name; INVALID_INPUT
 * if the profile changed: it decides which files are accepted, so it must come before the file.
 */
export async function describeLate(
  { deps, call }: DrfCall,
  upload: Upload,
  words: { early: FileWords; late: FileWords },
): Promise<Upload> {
  const { early, late } = words;
  if (late.profile !== early.profile) {
    throw new UploadError("INVALID_INPUT", {
      message: 'The field "profile" must come before the file.',
      details: { field: "profile" },
    });
  }
  const isSameName = late.filename !== "" && late.filename === early.filename;
  const isSamePath = late.path === early.path;
  const isSameMetadata = JSON.stringify(late.metadata) === JSON.stringify(early.metadata);
  if (isSameName && isSamePath && isSameMetadata) return upload;
  return deps.service.describe(call.principal, {
    id: upload.id,
    ...(isSameName ? {} : { filename: late.filename }),
    ...(isSamePath ? {} : { path: late.path }),
    ...(isSameMetadata ? {} : { metadata: late.metadata }),
  });
}
