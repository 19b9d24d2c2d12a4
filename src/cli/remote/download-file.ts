import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import type { Hasher } from "../../client/hasher.ts";
import { openHasher } from "../../client/node/node-digests.ts";
import type { ServerOptions } from "./connect.ts";
import { CommandError } from "./exit-codes.ts";
import { explainFileError } from "./explain.ts";
import { fetchFile } from "./fetch-file.ts";

/** A finished file on the server; its bytes never change. */
export interface FinishedFile {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** Hex, of the whole. */
  readonly checksum: string;
  readonly algorithm: string;
}

/** Where the bytes come from, and who is told how many are here. */
export interface From {
  readonly server: ServerOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (held: number) => void;
}

/** Where bytes go, in their order. */
export interface Sink {
  readonly held: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Begins anew: what the server has is another file. */
  restart(): Promise<void>;
}

/**
 * Downloads into a file of its own beside `target`, from where an earlier try ended; verifies the
 * digest, makes it durable, and only then gives it its name. Throws UploadFailure or CommandError;
 * what has arrived stays, unless the digest is wrong.
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

/** Downloads to a stream. What is wrong is known only at its end: then this throws. */
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
        throw new CommandError("the file changed on the server while it was read");
      },
    },
    from,
  );
  await verify(hasher.digest(), file, null);
}

/** Named after upload and content: bytes of another file are never continued. */
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

/** Digests what an earlier try left, and answers how much that is. */
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

/** `part` holds what turned out wrong; it would stay wrong. */
async function verify(digest: string, file: FinishedFile, part: string | null): Promise<void> {
  if (digest.toLowerCase() === file.checksum.toLowerCase()) return;
  if (part !== null) await rm(part, { force: true });
  throw new CommandError(
    `what arrived is damaged: its ${file.algorithm} is ${digest}, not ${file.checksum}`,
  );
}

function failLocally(name: string): (error: unknown) => never {
  return (error) => {
    throw new CommandError(`${name}: ${explainFileError(error)}`, 1, error);
  };
}
