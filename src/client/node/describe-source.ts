import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Readable, Stream } from "node:stream";
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
  if (isStream(source)) return named({ kind: "stream", pieces: piecesOf(source) }, given);
  const message = "The source must be a path, bytes, a Blob or a stream.";
  return named(
    { kind: "unreadable", failure: new UploadFailure("FILE_UNREADABLE", { message }) },
    given,
  );
}

function describePath(path: string, given: SourceFacts): UploadSource {
  const full = resolve(path);
  const facts = { filename: basename(full), ...defined(given), identity: full };
  try {
    const state = statSync(full);
    if (!state.isFile()) throw new Error("It is not a regular file.");
    const { size, mtimeMs } = state;
    const content = bytesContent(fileBytes(full, { size, mtimeMs }));
    return named(content, { ...facts, lastModified: mtimeMs });
  } catch (cause) {
    const message = `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    const failure = new UploadFailure("FILE_UNREADABLE", { message, cause });
    return named({ kind: "unreadable", failure }, facts);
  }
}

/**
 * The pieces of a stream; a `Readable` with an encoding gives strings. It may fail before its turn
 * has come, and is to be let go while it is waited for: neither is in Node's own iterator.
 */
function piecesOf(source: AsyncIterable<Uint8Array | string>): AsyncIterator<Uint8Array> {
  const stream = source instanceof Stream ? (source as Readable) : null;
  // Told to whoever reads; without a listener it would end the process.
  stream?.on("error", () => undefined);
  const pieces = source[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await pieces.next();
      return done ? { done, value: undefined } : { done: false, value: bytesOf(value) };
    },
    return: async () => {
      stream?.destroy();
      await pieces.return?.();
      return { done: true, value: undefined };
    },
  };
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === "string") return Buffer.from(piece);
  throw new TypeError("A stream must yield bytes or strings.");
}

function isStream(source: unknown): source is AsyncIterable<Uint8Array | string> {
  return typeof source === "object" && source !== null && Symbol.asyncIterator in source;
}

function defined(given: SourceFacts): SourceFacts {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
