import { mkdir } from "node:fs/promises";
import path from "node:path";
import { isMainThread } from "node:worker_threads";
import { type DirectoryLock, lockDirectory } from "../adapters/filesystem/directory-lock.ts";
import { narrowDirectory } from "../adapters/filesystem/narrow-modes.ts";
import { systemClock } from "../adapters/node/clock.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { type DatabaseLock, lockDatabase } from "../adapters/postgresql/database-lock.ts";
import { databaseKind, databasePath } from "../adapters/prisma/database-url.ts";
import { migrate } from "../adapters/prisma/migrate.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";
import { databaseName } from "./banner.ts";
import type { Closers } from "./closers.ts";
import { StartError, startErrorOf } from "./start-error.ts";

/** What a process owns alone: the data directory and the database, which is up to date. */
export interface OwnedData {
  readonly lock: DirectoryLock;
  /** Names of the migrations applied now. */
  readonly migrated: readonly string[];
  /** The lock of the database; null where that of the data directory covers the database as well. */
  readonly databaseLock: DatabaseLock | null;
}

/**
 * Takes the data directory and the database for this process, and applies migrations. What was taken
 * is added to `closers`, also when this throws a `StartError`.
 */
export async function ownData(
  environment: Environment,
  { log, closers }: { log: Logger; closers: Closers },
): Promise<OwnedData> {
  keepToSelf();
  const lock = await takeDataDir(environment.dataDir);
  closers.add(() => lock.release());
  await narrowData(environment.dataDir, log);
  const databaseLock = await takeDatabase(environment, { log, closers });
  const migrated = await applyMigrations(environment, log);
  return { lock, migrated, databaseLock };
}

/** What this process creates is for its own user only. A worker thread cannot set the mode of its process. */
function keepToSelf(): void {
  if (isMainThread) process.umask(0o077);
}

/** Files of earlier versions, and restored ones, may be open to other users. */
async function narrowData(dataDir: string, log: Logger): Promise<void> {
  const paths = await narrowDirectory(dataDir);
  if (paths.length > 0) {
    log.warn({ paths }, "Other users have rights to these files, and this user cannot change that");
  }
}

async function takeDatabase(
  environment: Environment,
  { log, closers }: { log: Logger; closers: Closers },
): Promise<DatabaseLock | null> {
  const url = environment.databaseDirectUrl;
  if (databaseKind(url) === "sqlite") {
    await takeFile(environment, closers);
    return null;
  }
  const ask = { url, holder: randomIds.newId(), clock: systemClock, log };
  const lock = await lockDatabase(ask).catch((error: unknown) => {
    throw startErrorOf("The database cannot be locked", error);
  });
  if (lock === null) throw inUse(environment);
  closers.add(() => lock.release());
  return lock;
}

/** A SQLite file outside the data directory has a lock of its own next to it. */
async function takeFile(environment: Environment, closers: Closers): Promise<void> {
  const file = databasePath(environment.databaseUrl);
  if (!path.relative(environment.dataDir, file).startsWith("..")) return;
  const lock = await lockDirectory(`${file}.lock`).catch((error: unknown) => {
    throw startErrorOf("The database cannot be locked", error);
  });
  if (lock === null) throw inUse(environment);
  closers.add(() => lock.release());
}

function inUse({ databaseUrl }: Pick<Environment, "databaseUrl">): StartError {
  return new StartError(
    `Another server uses the database (${databaseName(databaseUrl)}). ` +
      "While files are stored in DATA_DIR, a database belongs to one server. Stop the other one first, or set DATABASE_URL to another database.",
  );
}

/** Applies the migrations that the database has not seen yet, and returns their names. */
export async function applyMigrations(environment: Environment, log: Logger): Promise<string[]> {
  try {
    return await migrate({
      url: environment.databaseDirectUrl,
      directory: path.resolve("prisma"),
      log,
    });
  } catch (error) {
    throw startErrorOf("The database cannot be brought up to date", error);
  }
}

/** Makes the data directory and takes it for this process. */
async function takeDataDir(dataDir: string): Promise<DirectoryLock> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw startErrorOf(`The data directory ${dataDir} cannot be made`, error);
  }
  const lock = await lockDirectory(dataDir).catch((error: unknown) => {
    throw startErrorOf(`The data directory ${dataDir} cannot be used`, error);
  });
  if (lock !== null) return lock;
  throw new StartError(
    `Another process uses the data directory ${dataDir}. Stop it first, or set DATA_DIR to another directory.`,
  );
}
