import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { createSniffer } from "../adapters/file-type/sniffer.ts";
import { type DirectoryLock, lockDirectory } from "../adapters/filesystem/directory-lock.ts";
import { createFilesystemStore } from "../adapters/filesystem/filesystem-store.ts";
import { createDigests } from "../adapters/hash-wasm/digests.ts";
import { startHashThreads } from "../adapters/hash-wasm/hash-threads.ts";
import { createEvents } from "../adapters/memory/events.ts";
import { rememberRecords } from "../adapters/memory/remembering-database.ts";
import { systemClock } from "../adapters/node/clock.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { migrate } from "../adapters/prisma/migrate.ts";
import { type Database, openDatabase } from "../adapters/prisma/open-database.ts";
import { createCore } from "../core/create-core.ts";
import type { Digests } from "../core/ports/digests.ts";
import type { Clock, Ids, Logger } from "../core/ports/system.ts";
import type { Profiles } from "../core/profiles.ts";
import type { UploadCore } from "../core/upload-service.ts";
import type { Environment } from "../env.ts";
import { resultCodec } from "../wire/result-codec.ts";
import { checkAlgorithms } from "./check-algorithms.ts";
import type { Closers } from "./closers.ts";
import { StartError, startErrorOf } from "./start-error.ts";

/** The adapters, chosen by the environment, and the core over them. */
export interface Parts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly lock: DirectoryLock;
  readonly database: Database;
  /** Makes everything look again at records that other hands than ours changed. */
  readonly forget: () => void;
  readonly core: UploadCore;
  readonly migrated: readonly string[];
}

export interface PartsOptions {
  readonly profiles: Profiles;
  readonly claimRows: boolean;
  /** The built script of a hashing thread; null: digests run on the main thread. */
  readonly hashThread: URL | null;
  readonly log: Logger;
  readonly closers: Closers;
}

/** Opens everything below the doors; what was opened is added to `closers`, also when this throws. */
export async function openParts(
  environment: Environment,
  { profiles, claimRows, hashThread, log, closers }: PartsOptions,
): Promise<Parts> {
  const digests = openDigests(hashThread, closers);
  checkAlgorithms(environment, profiles, digests);
  const lock = await takeDataDir(environment.dataDir);
  closers.add(() => lock.release());
  const migrated = await applyMigrations(environment, log);
  const { database, forget } = await openRecords(environment, log);
  closers.add(() => database.close());
  const core = createCore({
    settings: environment.core,
    profiles,
    uploads: database.uploads,
    outbox: database.outbox,
    leases: database.leases,
    claims: claimRows ? database.claims : null,
    users: database.users,
    store: createFilesystemStore({
      root: path.join(environment.dataDir, "media"),
      ...environment.filesystem,
    }),
    digests,
    sniffer: createSniffer(),
    codec: resultCodec,
    events: createEvents(),
    clock: systemClock,
    ids: randomIds,
    log,
  });
  return { clock: systemClock, ids: randomIds, log, lock, database, forget, core, migrated };
}

/**
 * SQLite belongs to the process that has the data directory: what it has read stays true, and a
 * chunk costs one statement. PostgreSQL may have other users.
 */
async function openRecords(
  environment: Environment,
  log: Logger,
): Promise<{ database: Database; forget: () => void }> {
  const url = environment.databaseUrl;
  const database = await openDatabase({ url, log });
  return url.startsWith("file:") ? rememberRecords(database) : { database, forget: () => {} };
}

/** One core is left to the main thread; more hashing threads than disks can feed are of no use. */
function openDigests(hashThread: URL | null, closers: Closers): Digests {
  if (hashThread === null) return createDigests();
  const threads = startHashThreads(
    hashThread,
    Math.min(4, Math.max(1, availableParallelism() - 1)),
  );
  closers.add(() => threads.end());
  return createDigests(threads);
}

/** Applies the migrations that the database has not seen yet; answers their names. */
export async function applyMigrations(environment: Environment, log: Logger): Promise<string[]> {
  try {
    return await migrate({ url: environment.databaseUrl, directory: path.resolve("prisma"), log });
  } catch (error) {
    throw startErrorOf("The database cannot be brought up to date", error);
  }
}

/** Makes the data directory and takes it for this process. */
export async function takeDataDir(dataDir: string): Promise<DirectoryLock> {
  await makeDataDir(dataDir);
  const lock = await lockDirectory(dataDir).catch((error: unknown) => {
    throw startErrorOf(`The data directory ${dataDir} cannot be used`, error);
  });
  if (lock !== null) return lock;
  throw new StartError(
    `Another process uses the data directory ${dataDir}. Stop it first, or set DATA_DIR to another directory.`,
  );
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw startErrorOf(`The data directory ${dataDir} cannot be made`, error);
  }
}
