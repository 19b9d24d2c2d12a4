import path from "node:path";
import { createFilesystemStore } from "../adapters/filesystem/filesystem-store.ts";
import { createReserve } from "../adapters/filesystem/reserve.ts";
import { storeIdentity } from "../adapters/filesystem/store-identity.ts";
import { databaseKind, databasePath } from "../adapters/prisma/database-url.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";
import type { Closers } from "./closers.ts";
import type { StorePair } from "./store-match.ts";

/** What a deletion writes into a SQLite file until its own bytes are free is some 50 kB. */
const RESERVE_BYTES = 2 ** 20;

/** The store that the settings choose. */
export interface OpenedStore {
  readonly store: ChunkStore;
  readonly identity: StorePair["identity"];
  /** How messages name it, without secrets. */
  readonly name: string;
}

/**
 * Opens the store of files: the directory `media`, or a bucket that was tried out. Throws a
 * `StartError` when the bucket cannot be used.
 */
export async function openStore(
  environment: Environment,
  { log, closers }: { log: Logger; closers: Closers },
): Promise<OpenedStore> {
  const reserve = createReserve(reservePath(environment), RESERVE_BYTES);
  if (environment.storage === "filesystem") {
    const root = mediaOf(environment);
    const store = createFilesystemStore({ root, ...environment.filesystem, reserve });
    return { store, identity: storeIdentity(root), name: root };
  }
  const { openBucket } = await import("./open-bucket.ts");
  const name = storeName(environment);
  const { store: files, identity } = await openBucket(environment, { name, log, closers });
  // Several instances keep no records on a disk.
  if (environment.instances === "several") return { store: files, identity, name };
  // The space for deletions is that of the records, which lie on a disk all the same.
  const store: ChunkStore = {
    ...files,
    requireRoom: () => reserve.require(),
    makeRoom: (work) => reserve.lend(work),
  };
  return { store, identity, name };
}

/** Where the files are, for people: without secrets. */
export function storeName({ storage, dataDir, s3 }: Environment): string {
  if (storage === "filesystem") return mediaOf({ dataDir });
  const host = s3.endpoint === null ? "" : ` at ${new URL(s3.endpoint).host}`;
  return `s3://${s3.bucket}/${s3.prefix}${host}`;
}

/** Where the space for deletions lies: on the disk of the records that they change. */
function reservePath({ databaseUrl, dataDir }: Environment): string {
  const local = databaseKind(databaseUrl) === "sqlite";
  return path.join(local ? path.dirname(databasePath(databaseUrl)) : dataDir, "reserve");
}

/** The directory of the filesystem store. */
export function mediaOf({ dataDir }: Pick<Environment, "dataDir">): string {
  return path.join(dataDir, "media");
}
