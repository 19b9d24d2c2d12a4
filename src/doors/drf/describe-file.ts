import { isMetadataKey } from "../../core/begin/metadata.ts";
import { UploadError } from "../../core/errors.ts";
import { DEFAULT_PROFILE } from "../../core/profiles.ts";
import type { Upload } from "../../core/upload.ts";
import { isChecksumField } from "./checksum-field.ts";
import type { DrfCall } from "./drf-call.ts";
import type { FormReader } from "./form-reader.ts";

/** What a form says of its file, so far as it has been read. */
export interface FileWords {
  /** "" while nothing names the file. */
  readonly filename: string;
  /** The relative path in the folder that is sent, as the field `path` names it. */
  readonly path: string | undefined;
  readonly profile: string;
  readonly metadata: { readonly [key: string]: string };
}

/** Fields that mean something else, or that Django's forms carry for Django's own sake. */
const OWN_FIELDS: readonly string[] = ["filename", "path", "profile", "csrfmiddlewaretoken"];

/**
 * The fields that describe a new file: its name by the field `filename`, else by the part itself;
 * its relative path by the field `path`; its profile; and whatever else is in the form as metadata, as the fields of one's own model are in
 * the original. Fields that metadata cannot have by name are passed over, as the original does with
 * fields that it does not know.
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

/** The name under which a file is begun whose form has not named it yet. */
export const UNNAMED = "unnamed";

/**
 * Takes in what the form said behind the file: its name and metadata. REJECTED when nothing names
 * the file; INVALID_INPUT for another profile, which decides what may come in and so must come first.
 */
export async function describeLate(
  { deps, call }: DrfCall,
  upload: Upload,
  words: { early: FileWords; late: FileWords },
): Promise<Upload> {
  const { early, late } = words;
  if (late.profile !== early.profile) {
    throw new UploadError("INVALID_INPUT", {
      message: 'The field "profile" must stand before the file.',
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
