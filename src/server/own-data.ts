import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type DirectoryLock, lockDirectory } from "../adapters/filesystem/directory-lock.ts";
import { systemClock } from "../adapters/node/clock.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { type DatabaseLock, lockDatabase } from "../adapters/prisma/database-lock.ts";
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
  /** Whether this process holds the database at this moment. */
  readonly isHeld: () => boolean;
  /** Records this process as the one that holds the database. Called once the database is known to be ours. */
  readonly sign: () => Promise<void>;
}

/**
 * Takes the data directory and the database for this process, and applies migrations. What was taken
 * is added to `closers`, also when this throws a `StartError`.
 */
export async function ownData(
  environment: Environment,
  { log, closers }: { log: Logger; closers: Closers },
): Promise<OwnedData> {
  const lock = await takeDataDir(environment.dataDir);
  closers.add(() => lock.release());
  const database = await takeDatabase(environment, log);
  if (database !== null) closers.add(() => database.release());
  const migrated = await applyMigrations(environment, log);
  return {
    lock,
    migrated,
    isHeld: () => database?.isHeld() ?? true,
    sign: async () => database?.signHolder(),
  };
}

type TakenDatabase = DatabaseLock & { signHolder(): Promise<void> };

/** Null where the lock of the data directory covers the database as well. */
async function takeDatabase(environment: Environment, log: Logger): Promise<TakenDatabase | null> {
  const url = environment.databaseUrl;
  if (databaseKind(url) === "sqlite") return takeFile(environment);
  const ask = { url, holder: randomIds.newId(), clock: systemClock, log };
  const lock = await lockDatabase(ask).catch((error: unknown) => {
    throw startErrorOf("The database cannot be locked", error);
  });
  if (lock === null) throw inUse(environment);
  return lock;
}

/** A SQLite file outside the data directory has a lock of its own next to it. */
async function takeFile({ databaseUrl, dataDir }: Environment): Promise<TakenDatabase | null> {
  const file = databasePath(databaseUrl);
  if (!path.relative(dataDir, file).startsWith("..")) return null;
  const lock = await lockDirectory(`${file}.lock`).catch((error: unknown) => {
    throw startErrorOf("The database cannot be locked", error);
  });
  if (lock === null) throw inUse({ databaseUrl });
  return { isHeld: () => true, signHolder: async () => undefined, release: () => lock.release() };
}

function inUse({ databaseUrl }: Pick<Environment, "databaseUrl">): StartError {
  return new StartError(
    `Another server uses the database (${databaseName(databaseUrl)}). ` +
      "While files are stored in DATA_DIR, a database belongs to one server. Stop the other one first, or set DATABASE_URL to another database.",
  );
}

/** Applies the migrations that the database has not seen yet, and returns their names. */
async function applyMigrations(environment: Environment, log: Logger): Promise<string[]> {
  try {
    return await migrate({ url: environment.databaseUrl, directory: path.resolve("prisma"), log });
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
