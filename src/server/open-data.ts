import type { DirectoryLock } from "../adapters/filesystem/directory-lock.ts";
import { rememberRecords } from "../adapters/memory/remembering-database.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { type Database, openDatabase } from "../adapters/prisma/open-database.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";
import type { Closers } from "./closers.ts";
import { requireVersion } from "./code-version.ts";
import { commitProof } from "./commit-proof.ts";
import { matchStore } from "./match-store.ts";
import { openShared, type SharedTools } from "./open-shared.ts";
import { openStore } from "./open-store.ts";
import { ownData } from "./own-data.ts";
import { gateRecords, gateStore } from "./write-gate.ts";

/** The records and the files, owned by this process and proven to belong together. */
export interface OpenedData {
  /** Null where several instances share the data: they own no directory. */
  readonly lock: DirectoryLock | null;
  readonly migrated: readonly string[];
  readonly database: Database;
  readonly store: ChunkStore;
  /** Drops what is remembered of records, after another process changed them. */
  readonly forget: () => void;
  /** Throws UNAVAILABLE unless the database commits. */
  readonly prove: () => Promise<void>;
  /** What connects this instance to the others; null where it is the only one. */
  readonly shared: SharedTools | null;
}

export interface DataOptions {
  readonly log: Logger;
  readonly closers: Closers;
  /** Joins a database and files that did not belong together, instead of refusing them. */
  readonly adopting?: boolean | undefined;
  /** A store of one's own, in place of the one that the settings name. */
  readonly store?: ChunkStore | undefined;
}

/**
 * Opens records and store as the settings say, for this process alone or together with other
 * instances, and applies migrations. What was opened is added to `closers`, also when this throws a
 * `StartError`.
 */
export function openData(environment: Environment, options: DataOptions): Promise<OpenedData> {
  return environment.instances === "several"
    ? openShared(environment, options)
    : openOwned(environment, options);
}

/** Takes data directory and database for this process. */
async function openOwned(
  environment: Environment,
  { log, closers, adopting = false }: DataOptions,
): Promise<OpenedData> {
  const owned = await ownData(environment, { log, closers });
  const opened = await openDatabase({
    url: environment.databaseUrl,
    log,
    pool: environment.databasePool,
  });
  closers.add(() => opened.close());
  const place = await openStore(environment, { log, closers });
  const files = place.store;
  await requireVersion(opened.facts);
  await matchStore(environment, { database: opened, place, adopting });
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
    return { lock, migrated, database, store: files, forget, prove, shared: null };
  }
  const isHeld = () => databaseLock.isHeld();
  const database = gateRecords(opened, isHeld);
  const readBack = (key: string) => databaseLock.readFact(key);
  const prove = commitProof({ facts: database.facts, readBack, name: randomIds.newId() });
  const store = gateStore(files, isHeld);
  return { lock, migrated, database, store, forget: () => undefined, prove, shared: null };
}
