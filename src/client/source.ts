import type { Bytes } from "./bytes.ts";
import type { UploadFailure } from "./failure.ts";

/** Something to be sent, and what is known of it. */
export interface UploadSource {
  readonly content: Content;
  readonly filename: string;
  /** Where the file lay in a chosen folder, else its name. */
  readonly path: string;
  /** The media type; "" where it is not known. */
  readonly contentType: string;
  /** By which the same file is known again; its `path` unless there is something better. */
  readonly identity: string;
  /** Milliseconds since 1970; 0 where it is not known. */
  readonly lastModified: number;
}

/** What can be read at any place, as often as one likes; or once, from front to back; or not at all. */
export type Content =
  | { readonly kind: "bytes"; readonly bytes: Bytes }
  | { readonly kind: "stream"; readonly pieces: AsyncIterator<Uint8Array> }
  | { readonly kind: "unreadable"; readonly failure: UploadFailure };

/** What the caller says of it. */
export interface SourceFacts {
  readonly filename?: string | undefined;
  readonly path?: string | undefined;
  readonly contentType?: string | undefined;
}

/** Describes what browsers and Node both have. `path` tells files of one folder apart. */
export function describeSource(
  source: Blob | ReadableStream<Uint8Array>,
  given: SourceFacts = {},
): UploadSource {
  if (source instanceof ReadableStream)
    return named({ kind: "stream", pieces: piecesOf(source) }, given);
  const file = typeof File === "function" && source instanceof File ? source : null;
  const path = given.path || file?.webkitRelativePath || undefined;
  return named(bytesContent(source), {
    filename: given.filename ?? file?.name,
    path,
    contentType: given.contentType ?? source.type,
    lastModified: file?.lastModified,
  });
}

/** Puts a content and what is known of it together. */
export function named(
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

/** The relative path that the server stores; null for a file that lay in no folder. */
export function pathOf({ path, filename }: Pick<UploadSource, "path" | "filename">): string | null {
  return path === filename ? null : path;
}

/** Bytes in all; null while that is not known. */
export function sizeOf({ content }: UploadSource): number | null {
  if (content.kind === "stream") return null;
  return content.kind === "bytes" ? content.bytes.size : 0;
}

/**
 * Under which name an upload of this file is remembered. Two files may share it; `prefix` then
 * tells. `said`: what the caller says of the file, since of other metadata it is another upload.
 */
export function fingerprintOf(
  source: UploadSource,
  { server, said }: { server: string; said: readonly (string | undefined)[] },
): string {
  const { identity, filename, lastModified } = source;
  return [server, ...said, identity, filename, sizeOf(source), lastModified].join("|");
}

/** Not every browser lets a stream be iterated. Nothing is read, or locked, before it is asked for. */
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
