import { type FileHandle, open } from "node:fs/promises";
import type { Bytes } from "../bytes.ts";
import { UploadFailure } from "../failure.ts";

/** The size and modification time of a file when it was selected. */
export interface FileState {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/**
 * A file or a part of it. The file is open only while it is read, so that thousands of files can be
 * queued. Reading throws FILE_UNREADABLE, also when the file has changed.
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
    throw new Error("It has changed since the upload started.");
  }
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, start + read);
    if (bytesRead === 0) throw new Error("It is shorter than before.");
    read += bytesRead;
  }
  return bytes.buffer;
}
