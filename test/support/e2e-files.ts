import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { randomFile } from "./random-file.ts";

export const MiB = 2 ** 20;

/** A file on this machine's disk, to be uploaded. */
export interface LocalFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** Hex, by Node's own crypto. */
  readonly md5: string;
}

/** Writes a file of `size` bytes that follow from `seed`; `name` may lie in a folder. */
export async function writeLocalFile(
  directory: string,
  { name, size, seed = size }: { name: string; size: number; seed?: number },
): Promise<LocalFile> {
  const file = randomFile(size, seed);
  const at = path.join(directory, name);
  await mkdir(path.dirname(at), { recursive: true });
  await writeFile(at, file.pieces(0, size, MiB));
  return { path: at, name: path.basename(name), size, md5: await digestOf(at) };
}

/** The digest of a file on disk, in hex. */
export async function digestOf(file: string, algorithm = "md5"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** All that lies below the server's media, as paths from there with forward slashes. */
export async function storedFiles(dataDir: string): Promise<string[]> {
  const media = path.join(dataDir, "media");
  const entries = await readdir(media, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(path.relative(media, entry.parentPath), entry.name))
    .filter((name) => name.startsWith("chunked_uploads/"));
}
