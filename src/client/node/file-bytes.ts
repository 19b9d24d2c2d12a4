import { type FileHandle, open } from "node:fs/promises";
import type { Bytes } from "../bytes.ts";
import { UploadFailure } from "../failure.ts";

/** What a file was like when it was chosen. */
export interface FileState {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/**
 * A file, or a part of it, read at its place when it is asked for. It is open only while it is
 * read: thousands may wait for their turn. Reading throws FILE_UNREADABLE, also when the file is
 * not what it was.
 */
export function fileBytes(
  path: string,
  state: FileState,
  part?: [start: number, end: number],
): Bytes {
  const [start, end] = part ?? [0, state.size];
  return {
    size: end - start,
    slice: (from, to) => {
      const limit = Math.min(end, start + to);
      return fileBytes(path, state, [Math.min(start + from, limit), limit]);
    },
    arrayBuffer: async () => {
      try {
        const file = await open(path, "r");
        try {
          return await readPart(file, { state, start, length: end - start });
        } finally {
          await file.close();
        }
      } catch (cause) {
        const message = `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
        throw new UploadFailure("FILE_UNREADABLE", { message, cause });
      }
    },
  };
}

async function readPart(
  file: FileHandle,
  { state, start, length }: { state: FileState; start: number; length: number },
): Promise<ArrayBuffer> {
  const now = await file.stat();
  if (now.size !== state.size || now.mtimeMs !== state.mtimeMs) {
    throw new Error("It has changed since the upload began.");
  }
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, start + read);
    if (bytesRead === 0) throw new Error("It is shorter than it was.");
    read += bytesRead;
  }
  return bytes.buffer;
}
