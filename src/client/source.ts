import type { Bytes } from "./bytes.ts";
import type { UploadFailure } from "./failure.ts";

/** A file, bytes or a stream to upload, and its properties. */
export interface UploadSource {
  readonly content: Content;
  readonly filename: string;
  /** The relative path in a selected folder; otherwise the filename. */
  readonly path: string;
  /** The media type; "" if unknown. */
  readonly contentType: string;
  /** Identifies the same file later: the absolute path if there is one, otherwise `path`. */
  readonly identity: string;
  /** Milliseconds since 1970; 0 if unknown. */
  readonly lastModified: number;
}

/** Bytes can be read anywhere and repeatedly, a stream once from start to end. */
export type Content =
  | { readonly kind: "bytes"; readonly bytes: Bytes }
  | { readonly kind: "stream"; readonly pieces: AsyncIterator<Uint8Array> }
  | { readonly kind: "unreadable"; readonly failure: UploadFailure };

/** Properties that the caller sets. */
export interface SourceFacts {
  readonly filename?: string | undefined;
  readonly path?: string | undefined;
  readonly contentType?: string | undefined;
}

/** Describes a source that exists in browsers and in Node. */
export function describeSource(
  source: Blob | ReadableStream<Uint8Array>,
  given: SourceFacts = {},
): UploadSource {
  if (source instanceof ReadableStream)
    return describeContent({ kind: "stream", pieces: piecesOf(source) }, given);
  const file = typeof File === "function" && source instanceof File ? source : null;
  const path = given.path || file?.webkitRelativePath || undefined;
  return describeContent(bytesContent(source), {
    filename: given.filename ?? file?.name,
    path,
    contentType: given.contentType ?? source.type,
    lastModified: file?.lastModified,
  });
}

/** Combines a content with its properties. */
export function describeContent(
  content: Content,
  given: SourceFacts & { identity?: string | undefined; lastModified?: number | undefined },
): UploadSource {
  const filename = given.filename ?? "upload";
  const path = given.path || filename;
  return {
    content,
    filename,
    path,
    contentType: given.contentType ?? "",
    identity: given.identity ?? path,
    lastModified: given.lastModified ?? 0,
  };
}

export function bytesContent(bytes: Bytes): Content {
  return { kind: "bytes", bytes };
}

/** The relative path that the server stores; null for a file without a folder. */
export function pathOf({ path, filename }: Pick<UploadSource, "path" | "filename">): string | null {
  return path === filename ? null : path;
}

/** Size in bytes; null while unknown. */
export function sizeOf({ content }: UploadSource): number | null {
  if (content.kind === "stream") return null;
  return content.kind === "bytes" ? content.bytes.size : 0;
}

/**
 * The key under which an upload of this file is remembered. Two files may have the same key; the
 * digest of `prefix` distinguishes them. `options`: a file with other options is another upload.
 */
export function fingerprintOf(
  source: UploadSource,
  { server, options }: { server: string; options: readonly (string | undefined)[] },
): string {
  const { identity, filename, lastModified } = source;
  return [server, ...options, identity, filename, sizeOf(source), lastModified].join("|");
}

/** An iterator, which not every browser provides for streams. Locks the stream at the first `next`. */
function piecesOf(stream: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  return {
    next: async () => {
      reader ??= stream.getReader();
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    },
    return: async () => {
      await (reader ?? stream).cancel();
      return { done: true, value: undefined };
    },
  };
}
