import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UploadFailure } from "../failure.ts";
import {
  bytesContent,
  describeSource,
  named,
  type SourceFacts,
  type UploadSource,
} from "../source.ts";
import { fileBytes } from "./file-bytes.ts";
import { memoryBytes } from "./memory-bytes.ts";

/** A path (or `file:` URL), bytes, a `Blob`, or a stream of bytes: a web stream, a `Readable`, any iterable of pieces. */
export type NodeSource =
  | string
  | URL
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>;

/** Reads what a caller hands in. Looks at a file's size and age, opens nothing. */
export function describeNodeSource(source: NodeSource, given: SourceFacts = {}): UploadSource {
  if (typeof source === "string") return describePath(source, given);
  if (source instanceof URL) return describePath(fileURLToPath(source), given);
  if (source instanceof Uint8Array) return named(bytesContent(memoryBytes(source)), given);
  if (source instanceof Blob || source instanceof ReadableStream)
    return describeSource(source, given);
  return named({ kind: "stream", pieces: asBytes(source) }, given);
}

function describePath(path: string, given: SourceFacts): UploadSource {
  const full = resolve(path);
  const facts = { filename: basename(full), ...defined(given), identity: full };
  try {
    const state = statSync(full);
    if (!state.isFile()) throw new Error("It is no file.");
    const { size, mtimeMs } = state;
    const content = bytesContent(fileBytes(full, { size, mtimeMs }));
    return named(content, { ...facts, lastModified: mtimeMs });
  } catch (cause) {
    const message = `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    const failure = new UploadFailure("FILE_UNREADABLE", { message, cause });
    return named({ kind: "unreadable", failure }, facts);
  }
}

/** A `Readable` with an encoding gives strings. */
async function* asBytes(
  source: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of source) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

function defined(given: SourceFacts): SourceFacts {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
