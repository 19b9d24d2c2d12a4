import { systemClock } from "../adapters/node/clock.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { createDatabaseMutex } from "../adapters/postgresql/database-mutex.ts";
import { type InstanceLink, joinInstances } from "../adapters/postgresql/instance-link.ts";
import { type Database, openDatabase } from "../adapters/prisma/open-database.ts";
import { UploadError } from "../core/errors.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { KeyedMutex } from "../core/ports/keyed-mutex.ts";
import type { Logger } from "../core/ports/system.ts";
import { ProcessMutex } from "../core/process-mutex.ts";
import type { Environment } from "../env.ts";
import { databaseName } from "./banner.ts";
import type { Closers } from "./closers.ts";
import { isTooOld, requireVersion } from "./code-version.ts";
import { matchStore } from "./match-store.ts";
import type { DataOptions, OpenedData } from "./open-data.ts";
import { openStore } from "./open-store.ts";
import { applyMigrations } from "./own-data.ts";
import { StartError, startErrorOf } from "./start-error.ts";
import { gateRecords, gateStore } from "./write-gate.ts";

/** How often an instance looks whether a newer version has closed the database to it. */
const VERSION_LOOK_MS = 30_000;

/** What connects an instance to the others over the same records. */
export interface SharedTools {
  readonly link: InstanceLink;
  readonly mutex: KeyedMutex;
}

/**
 * Opens records and store together with other instances: nothing of them is this process's own, so
 * nothing is locked for it and nothing is remembered. Without its connection to the others an
 * instance writes nothing.
 */
export async function openShared(
  environment: Environment,
  { log, closers, adopting = false, store: given }: DataOptions,
): Promise<OpenedData> {
  const link = await join(environment, log);
  closers.add(() => link.close());
  const migrated = await applyMigrations(environment, log);
  const { databaseUrl: url, databasePool: pool } = environment;
  const opened = await openDatabase({ url, log, pool });
  closers.add(() => opened.close());
  const mutex = createDatabaseMutex({ url, local: new ProcessMutex(), log });
  closers.add(() => mutex.close());
  await requireVersion(opened.facts);
  const files = given ?? (await openMatching());
  const mayStay = watchVersion(opened, { log, closers });
  const isHeld = () => link.isHeld() && mayStay();
  const database = gateRecords(opened, isHeld);
  const prove = async () => {
    if (!isHeld()) throw new UploadError("UNAVAILABLE", { retryAfterMs: 1_000 });
    await database.facts.write("ready", link.id);
  };
  const store = gateStore(files, isHeld);
  const shared = { link, mutex };
  return { lock: null, migrated, database, store, forget: () => undefined, prove, shared };

  async function openMatching(): Promise<ChunkStore> {
    const place = await openStore(environment, { log, closers });
    // If several instances start at once on a new database, one of them records the store.
    const match = () => matchStore(environment, { database: opened, place, adopting });
    await mutex.runExclusive("store", match);
    return place.store;
  }
}

async function join(environment: Environment, log: Logger): Promise<InstanceLink> {
  const { databaseDirectUrl: url, databaseUrl } = environment;
  const ask = { url, id: randomIds.newId(), clock: systemClock, log };
  const link = await joinInstances(ask).catch((error: unknown) => {
    throw startErrorOf("The other instances cannot be reached over the database", error);
  });
  if (link !== null) return link;
  throw new StartError(
    `A server that stores files in its DATA_DIR uses the database (${databaseName(databaseUrl)}) alone. ` +
      "Stop it first, or set DATABASE_URL to another database.",
  );
}

/** Looks from time to time whether the running version may still write. */
function watchVersion(
  { facts }: Pick<Database, "facts">,
  { log, closers }: { log: Logger; closers: Closers },
): () => boolean {
  const ended = new AbortController();
  let tooOld = false;
  const look = async () => {
    while (!ended.signal.aborted && !tooOld) {
      await systemClock.sleep(VERSION_LOOK_MS, ended.signal);
      tooOld = !ended.signal.aborted && (await isTooOld(facts).catch(() => false));
    }
    if (tooOld)
      log.error(
        {},
        "A newer version closed the database to this one, which writes nothing any more",
      );
  };
  const looking = look();
  closers.add(async () => {
    ended.abort();
    await looking;
  });
  return () => !tooOld;
}
