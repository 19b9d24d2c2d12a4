import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Readable, Stream } from "node:stream";
import { fileURLToPath } from "node:url";
import { UploadFailure } from "../failure.ts";
import {
  bytesContent,
  describeContent,
  describeSource,
  type SourceFacts,
  type UploadSource,
} from "../source.ts";
import { fileBytes } from "./file-bytes.ts";
import { memoryBytes } from "./memory-bytes.ts";

/** A path (or `file:` URL), bytes, a `Blob`, or a stream of bytes: a web stream, a `Readable`, or any async iterable. */
export type NodeSource =
  | string
  | URL
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>;

/** Describes a source. Reads a file's size and modification time, but does not open it. */
export function describeNodeSource(source: NodeSource, given: SourceFacts = {}): UploadSource {
  if (typeof source === "string") return describePath(source, given);
  if (source instanceof URL) return describePath(fileURLToPath(source), given);
  if (source instanceof Uint8Array)
    return describeContent(bytesContent(memoryBytes(source)), given);
  if (source instanceof Blob || source instanceof ReadableStream)
    return describeSource(source, given);
  if (isStream(source)) return describeContent({ kind: "stream", pieces: piecesOf(source) }, given);
  const message = "The source must be a path, bytes, a Blob or a stream.";
  return describeContent(
    { kind: "unreadable", failure: new UploadFailure("FILE_UNREADABLE", { message }) },
    given,
  );
}

function describePath(path: string, given: SourceFacts): UploadSource {
  const absolute = resolve(path);
  const facts = { filename: basename(absolute), ...withoutUndefined(given), identity: absolute };
  try {
    const state = statSync(absolute);
    if (!state.isFile()) throw new Error("It is not a regular file.");
    const { size, mtimeMs } = state;
    const content = bytesContent(fileBytes(absolute, { size, mtimeMs }));
    return describeContent(content, { ...facts, lastModified: mtimeMs });
  } catch (cause) {
    const message = `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    const failure = new UploadFailure("FILE_UNREADABLE", { message, cause });
    return describeContent({ kind: "unreadable", failure }, facts);
  }
}

/**
 * The pieces of a stream; a `Readable` with an encoding yields strings. A stream may fail before it
 * is read, and must be closed while a read is pending; Node's own iterator handles neither.
 */
function piecesOf(source: AsyncIterable<Uint8Array | string>): AsyncIterator<Uint8Array> {
  const stream = source instanceof Stream ? (source as Readable) : null;
  // The reader receives the error; without a listener it would end the process.
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

function withoutUndefined(given: SourceFacts): SourceFacts {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
