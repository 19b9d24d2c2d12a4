import path from "node:path";
import type { DirectoryLock } from "../adapters/filesystem/directory-lock.ts";
import { createFilesystemStore } from "../adapters/filesystem/filesystem-store.ts";
import { createReserve } from "../adapters/filesystem/reserve.ts";
import { storeIdentity } from "../adapters/filesystem/store-identity.ts";
import { rememberRecords } from "../adapters/memory/remembering-database.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { databaseKind, databasePath } from "../adapters/prisma/database-url.ts";
import { type Database, openDatabase } from "../adapters/prisma/open-database.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";
import { databaseName } from "./banner.ts";
import type { Closers } from "./closers.ts";
import { requireVersion } from "./code-version.ts";
import { commitProof } from "./commit-proof.ts";
import { ownData } from "./own-data.ts";
import { adopt, requireMatch, type StorePair } from "./store-match.ts";
import { gateRecords, gateStore } from "./write-gate.ts";

/** What a deletion writes into a SQLite file until its own bytes are free is some 50 kB. */
const RESERVE_BYTES = 2 ** 20;

/** The records and the files, owned by this process and proven to belong together. */
export interface OpenedData {
  readonly lock: DirectoryLock;
  readonly migrated: readonly string[];
  readonly database: Database;
  readonly store: ChunkStore;
  /** Drops what is remembered of records, after another process changed them. */
  readonly forget: () => void;
  /** Throws UNAVAILABLE unless the database commits. */
  readonly prove: () => Promise<void>;
}

/**
 * Takes data directory and database for this process, applies migrations and opens both. What was
 * opened is added to `closers`, also when this throws a `StartError`. `adopting`: joins a database
 * and files that did not belong together, instead of refusing them.
 */
export async function openData(
  environment: Environment,
  {
    log,
    closers,
    adopting = false,
  }: { log: Logger; closers: Closers; adopting?: boolean | undefined },
): Promise<OpenedData> {
  const owned = await ownData(environment, { log, closers });
  const opened = await openDatabase({ url: environment.databaseUrl, log });
  closers.add(() => opened.close());
  const files = createFilesystemStore({
    root: mediaOf(environment),
    ...environment.filesystem,
    reserve: createReserve(reservePath(environment), RESERVE_BYTES),
  });
  await requireVersion(opened.facts);
  const pair = pairOf(environment, { database: opened, store: files });
  if (adopting) await adopt(pair);
  else await requireMatch(pair);
  await owned.databaseLock?.signHolder();
  await files
    .requireRoom()
    .catch((error: unknown) => log.warn({ err: error }, "The disk is full: only deletions work"));
  const { lock, migrated, databaseLock } = owned;
  if (databaseLock === null) {
    // A SQLite file belongs to the process that has the data directory: what it has read stays
    // true, and a chunk costs one statement. PostgreSQL may have other clients.
    const { database, forget } = rememberRecords(opened);
    const { facts } = database;
    const prove = commitProof({ facts, readBack: facts.read, name: randomIds.newId() });
    return { lock, migrated, database, store: files, forget, prove };
  }
  const isHeld = () => databaseLock.isHeld();
  const database = gateRecords(opened, isHeld);
  const readBack = (key: string) => databaseLock.readFact(key);
  const prove = commitProof({ facts: database.facts, readBack, name: randomIds.newId() });
  const store = gateStore(files, isHeld);
  return { lock, migrated, database, store, forget: () => undefined, prove };
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

function pairOf(
  environment: Environment,
  { database, store }: { database: Database; store: ChunkStore },
): StorePair {
  const root = mediaOf(environment);
  return {
    facts: database.facts,
    identity: storeIdentity(root),
    uploads: database.uploads,
    store,
    newId: randomIds.newId,
    names: { database: databaseName(environment.databaseUrl), files: root },
  };
}
