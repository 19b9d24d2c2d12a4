/** A file to be sent. Only slices of it are ever read. */
export interface UploadSource {
  readonly file: Blob;
  readonly filename: string;
  /** Where the file lay in a chosen folder, else its name. */
  readonly path: string;
  /** Milliseconds since 1970; 0 where it is not known. */
  readonly lastModified: number;
}

/** Describes a `File` (or a `Blob`, which needs a name). `path` tells files of one folder apart. */
export function describeSource(
  file: Blob,
  given: { filename?: string; path?: string } = {},
): UploadSource {
  const own = file instanceof File ? file : null;
  const filename = given.filename ?? own?.name ?? "upload";
  const path = given.path || own?.webkitRelativePath || filename;
  return { file, filename, path, lastModified: own?.lastModified ?? 0 };
}

/** Under which name an upload of this file is remembered. Two files may share it; `prefix` then tells. */
export function fingerprintOf(
  source: UploadSource,
  place: { profile: string; server: string },
): string {
  const { file, path, lastModified } = source;
  return [place.server, place.profile, path, file.size, lastModified].join("|");
}
