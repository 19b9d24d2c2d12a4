import { availableParallelism } from "node:os";
import { createSniffer } from "../adapters/file-type/sniffer.ts";
import type { DirectoryLock } from "../adapters/filesystem/directory-lock.ts";
import { createDigests } from "../adapters/hash-wasm/digests.ts";
import { startHashThreads } from "../adapters/hash-wasm/hash-threads.ts";
import { createEvents } from "../adapters/memory/events.ts";
import { systemClock } from "../adapters/node/clock.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { type Database, openDatabase } from "../adapters/prisma/open-database.ts";
import { createRecheck, createValidCredentials } from "../auth/valid-credentials.ts";
import { createCore } from "../core/create-core.ts";
import type { Digests } from "../core/ports/digests.ts";
import type { Clock, Ids, Logger } from "../core/ports/system.ts";
import type { Profiles } from "../core/profiles.ts";
import type { UploadCore } from "../core/upload-service.ts";
import type { Environment } from "../env.ts";
import { resultCodec } from "../wire/result-codec.ts";
import { type BackupAsk, backUp as backUpWith } from "./backup.ts";
import { checkAlgorithms } from "./check-algorithms.ts";
import type { Closers } from "./closers.ts";
import { openData } from "./open-data.ts";
import type { Facts, Operator } from "./operator-commands.ts";
import { Removals } from "./removals.ts";

/** The adapters, chosen by the environment, and the core over them. */
export interface Parts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly lock: DirectoryLock;
  readonly database: Database;
  /** Drops what is remembered of records, after another process changed them. */
  readonly forget: () => void;
  /** Throws UNAVAILABLE unless the database commits. */
  readonly prove: () => Promise<void>;
  /** Makes a backup while everything goes on (see `backup.ts`). */
  readonly backUp: (ask: BackupAsk, operator: Operator) => Promise<Facts>;
  readonly core: UploadCore;
  readonly migrated: readonly string[];
}

export interface PartsOptions {
  readonly profiles: Profiles;
  /** The built script of a hashing thread; null: digests run on the main thread. */
  readonly hashThread: URL | null;
  readonly log: Logger;
  readonly closers: Closers;
}

/** Opens everything below the doors; what was opened is added to `closers`, also when this throws. */
export async function openParts(
  environment: Environment,
  { profiles, hashThread, log, closers }: PartsOptions,
): Promise<Parts> {
  const digests = openDigests(hashThread, closers);
  checkAlgorithms(environment, profiles, digests);
  const { store, ...data } = await openData(environment, { log, closers });
  const { database } = data;
  const removals = new Removals();
  const core = createCore({
    settings: environment.core,
    profiles,
    uploads: database.uploads,
    outbox: database.outbox,
    leases: database.leases,
    // The store of files belongs to one process, which awaits its own writers and needs no rows.
    claims: null,
    users: database.users,
    sessions: database.sessions,
    recheck: createRecheck(createValidCredentials({ ...database, clock: systemClock })),
    store: removals.guard(store),
    digests,
    sniffer: createSniffer(),
    codec: resultCodec,
    events: createEvents(),
    clock: systemClock,
    ids: randomIds,
    log,
  });
  const { uploads, copyTo: copyDatabase } = database;
  const openCopy = (file: string) => openDatabase({ url: `file:${file}`, log });
  const tools = { environment, uploads, copyDatabase, openCopy, removals };
  const backUp: Parts["backUp"] = (ask, operator) => backUpWith(tools, ask, operator);
  return { clock: systemClock, ids: randomIds, log, core, backUp, ...data };
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
