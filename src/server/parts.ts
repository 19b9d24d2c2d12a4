import { availableParallelism } from "node:os";
import { createSniffer } from "../adapters/file-type/sniffer.ts";
import type { DirectoryLock } from "../adapters/filesystem/directory-lock.ts";
import { createDigests } from "../adapters/hash-wasm/digests.ts";
import { startHashThreads } from "../adapters/hash-wasm/hash-threads.ts";
import { createEvents } from "../adapters/memory/events.ts";
import { createMemoryFailureCounts } from "../adapters/memory/memory-failure-counts.ts";
import { systemClock } from "../adapters/node/clock.ts";
import { randomIds } from "../adapters/node/ids.ts";
import { createPeers } from "../adapters/postgresql/linked-peers.ts";
import { shareEvents } from "../adapters/postgresql/shared-events.ts";
import { type Database, openDatabase } from "../adapters/prisma/open-database.ts";
import { createRecheck, createValidCredentials } from "../auth/valid-credentials.ts";
import { createCore } from "../core/create-core.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Claims } from "../core/ports/claims.ts";
import type { Digests } from "../core/ports/digests.ts";
import type { FailureCounts } from "../core/ports/failure-counts.ts";
import type { KeyedMutex } from "../core/ports/keyed-mutex.ts";
import type { Clock, Ids, Logger } from "../core/ports/system.ts";
import { ProcessMutex } from "../core/process-mutex.ts";
import type { Profiles } from "../core/profiles.ts";
import type { UploadCore } from "../core/upload-service.ts";
import type { Environment } from "../env.ts";
import { resultCodec } from "../wire/result-codec.ts";
import { type BackupAsk, backUp as backUpWith } from "./backup.ts";
import { checkAlgorithms } from "./check-algorithms.ts";
import type { Closers } from "./closers.ts";
import { openData } from "./open-data.ts";
import type { SharedTools } from "./open-shared.ts";
import type { Facts, Operator } from "./operator-commands.ts";
import { Removals } from "./removals.ts";

/** The adapters, chosen by the environment, and the core over them. */
export interface Parts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Null where several instances share the data. */
  readonly lock: DirectoryLock | null;
  readonly database: Database;
  /** Drops what is remembered of records, after another process changed them. */
  readonly forget: () => void;
  /** Throws UNAVAILABLE unless the database commits. */
  readonly prove: () => Promise<void>;
  /** Makes a backup while the server runs (see `backup.ts`). */
  readonly backUp: (ask: BackupAsk, operator: Operator) => Promise<Facts>;
  /** Of failed attempts to sign in: in memory where one process serves alone. */
  readonly failureCounts: FailureCounts;
  /** Work that only one instance does at a time. */
  readonly mutex: KeyedMutex;
  /** Claims as rows; null where one process owns the records. */
  readonly claims: Claims | null;
  readonly core: UploadCore;
  readonly migrated: readonly string[];
}

export interface PartsOptions {
  readonly profiles: Profiles;
  /** The built script of a hashing thread; null: digests run on the main thread. */
  readonly hashThread: URL | null;
  readonly log: Logger;
  readonly closers: Closers;
  /** A store of one's own, in place of the one that the settings name. */
  readonly store?: ChunkStore | undefined;
}

/** Opens everything below the doors; what was opened is added to `closers`, also when this throws. */
export async function openParts(
  environment: Environment,
  { profiles, hashThread, ...options }: PartsOptions,
): Promise<Parts> {
  const { log, closers } = options;
  const digests = openDigests(hashThread, closers);
  checkAlgorithms(environment, profiles, digests);
  const { store, shared, ...data } = await openData(environment, options);
  const { database } = data;
  const instance = instanceOf(shared, database, log);
  const { failureCounts, ...means } = instance;
  const { clock, claims, mutex } = means;
  const removals = new Removals();
  const core = createCore({
    settings: environment.core,
    profiles,
    uploads: database.uploads,
    outbox: database.outbox,
    leases: database.leases,
    ...means,
    users: database.users,
    sessions: database.sessions,
    recheck: createRecheck(createValidCredentials({ ...database, clock })),
    store: removals.guard(store),
    digests,
    sniffer: createSniffer(),
    codec: resultCodec,
    ids: randomIds,
    log,
  });
  const { uploads, copyTo: copyDatabase } = database;
  const openCopy = (file: string) => openDatabase({ url: `file:${file}`, log });
  const tools = { environment, uploads, copyDatabase, openCopy, removals };
  const backUp: Parts["backUp"] = (ask, operator) => backUpWith(tools, ask, operator);
  const shareable = { failureCounts, claims, mutex };
  return { clock, ids: randomIds, log, core, backUp, ...shareable, ...data };
}

/** What a process that owns the records does without, and several instances need. */
function instanceOf(shared: SharedTools | null, database: Database, log: Logger) {
  const local = createEvents();
  if (shared === null) {
    const failureCounts = createMemoryFailureCounts(systemClock);
    const clock = systemClock;
    return { claims: null, mutex: new ProcessMutex(), events: local, clock, failureCounts };
  }
  const { link, mutex } = shared;
  const { clock } = link;
  const { uploads, claims, failureCounts } = database;
  const events = shareEvents({ local, link, uploads, clock, log });
  const peers = createPeers(link, { clock, log });
  return { claims, mutex, events, clock, failureCounts, peers };
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
