import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import type { Hasher } from "../../client/hasher.ts";
import { openHasher } from "../../client/node/node-digests.ts";
import type { ServerOptions } from "./connect.ts";
import { describeFileError } from "./error-messages.ts";
import { CommandError } from "./exit-codes.ts";
import { fetchFile } from "./fetch-file.ts";

/** A finished file on the server. Its bytes never change. */
export interface FinishedFile {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** Digest of the whole file in hex. */
  readonly checksum: string;
  readonly algorithm: string;
}

/** The source of the bytes. `onBytes` is called with the number of bytes received so far. */
export interface From {
  readonly server: ServerOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (held: number) => void;
}

/** A destination that is written sequentially. */
export interface Sink {
  readonly held: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Discards all bytes, because the file on the server changed. */
  restart(): Promise<void>;
}

/**
 * Downloads to a partial file next to `target` and resumes an earlier partial download. Verifies the
 * digest, flushes the file, and then renames it. Throws UploadFailure or CommandError. The partial
 * file is kept unless the digest is wrong.
 */
export async function downloadToFile(
  file: FinishedFile,
  target: string,
  from: From,
): Promise<void> {
  const part = partOf(file, target);
  const sink = await openSink(part, file);
  try {
    await fetchFile(file, sink, from);
    await verify(sink.digest(), file, part);
    await sink.handle.sync();
  } finally {
    await sink.handle.close();
  }
  await rename(part, target).catch(failLocally(target));
}

/** Downloads to a stream. Throws at the end if the digest is wrong. */
export async function downloadToStream(
  file: FinishedFile,
  stream: Writable,
  from: From,
): Promise<void> {
  const hasher = await openHasher(file.algorithm);
  let held = 0;
  await fetchFile(
    file,
    {
      get held() {
        return held;
      },
      async write(bytes) {
        hasher.update(bytes);
        held += bytes.length;
        if (!stream.write(bytes)) await once(stream, "drain");
      },
      async restart() {
        throw new CommandError("the file changed on the server during the download");
      },
    },
    from,
  );
  await verify(hasher.digest(), file, null);
}

/** Named after upload and content, so that bytes of different files are never mixed. */
function partOf({ id, checksum }: FinishedFile, target: string): string {
  return `${target}.${id.slice(0, 8)}${checksum.slice(0, 8)}.part`;
}

interface FileSink extends Sink {
  readonly handle: FileHandle;
  digest(): string;
}

async function openSink(part: string, file: FinishedFile): Promise<FileSink> {
  const fail = failLocally(part);
  const handle = await open(part, constants.O_RDWR | constants.O_CREAT, 0o666).catch(fail);
  let hasher = await openHasher(file.algorithm);
  let held = await digestHeld(handle, hasher).catch(fail);
  const sink: FileSink = {
    handle,
    get held() {
      return held;
    },
    async write(bytes) {
      hasher.update(bytes);
      await writeAll(handle, bytes, held).catch(fail);
      held += bytes.length;
    },
    async restart() {
      hasher = await openHasher(file.algorithm);
      held = 0;
      await handle.truncate(0).catch(fail);
    },
    digest: () => hasher.digest(),
  };
  if (held > file.size) await sink.restart();
  return sink;
}

/** Hashes the bytes of an earlier attempt and returns their number. */
async function digestHeld(handle: FileHandle, hasher: Hasher): Promise<number> {
  const buffer = Buffer.allocUnsafe(2 ** 20);
  let held = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, held);
    if (bytesRead === 0) return held;
    hasher.update(buffer.subarray(0, bytesRead));
    held += bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** Throws if the digest is wrong, and removes `part`, since resuming it would fail again. */
async function verify(digest: string, file: FinishedFile, part: string | null): Promise<void> {
  if (digest.toLowerCase() === file.checksum.toLowerCase()) return;
  if (part !== null) await rm(part, { force: true });
  throw new CommandError(
    `the download is damaged: its ${file.algorithm} is ${digest} instead of ${file.checksum}`,
  );
}

function failLocally(name: string): (error: unknown) => never {
  return (error) => {
    throw new CommandError(`${name}: ${describeFileError(error)}`, 1, error);
  };
}
