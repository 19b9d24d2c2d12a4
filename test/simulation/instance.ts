import { createEvents } from "../../src/adapters/memory/events.ts";
import type { MemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import { rememberRecords } from "../../src/adapters/memory/remembering-database.ts";
import { createCore } from "../../src/core/create-core.ts";
import type { Profiles } from "../../src/core/profiles.ts";
import type { CoreSettings } from "../../src/core/settings.ts";
import type { UploadCore } from "../../src/core/upload-service.ts";
import { resultCodec } from "../../src/wire/result-codec.ts";
import { silentLog } from "../support/memory-core.ts";
import { type FaultRates, withDatabaseFaults } from "./faults.ts";
import { Process, type Scheduler } from "./scheduler.ts";
import { simDigests } from "./sim-digests.ts";
import { createSimStore, type SimDisk } from "./sim-store.ts";

/** What all instances share. */
export interface SharedWorld {
  readonly scheduler: Scheduler;
  readonly database: MemoryDatabase;
  readonly disk: SimDisk;
  readonly profiles: Profiles;
  readonly quotaBytes: number | null;
  readonly rates: () => FaultRates;
  readonly newId: () => string;
  /** One process alone, which remembers the records it read, or several with claims as rows. */
  readonly isShared: boolean;
}

export interface Instance {
  readonly process: Process;
  readonly core: UploadCore;
}

/** Starts a process over the shared database and disk, as after a crash. */
export function startInstance(world: SharedWorld, name: string): Instance {
  const process = new Process(name);
  const { scheduler } = world;
  const context = { scheduler, process, rates: world.rates };
  const faulty = {
    uploads: withDatabaseFaults(world.database.uploads, context),
    outbox: withDatabaseFaults(world.database.outbox, context),
    leases: withDatabaseFaults(world.database.leases, context),
    claims: withDatabaseFaults(world.database.claims, context),
    users: withDatabaseFaults(world.database.users, context),
    tokens: withDatabaseFaults(world.database.tokens, context),
    sessions: withDatabaseFaults(world.database.sessions, context),
  };
  const database = world.isShared ? faulty : rememberRecords(faulty).database;
  const core = createCore({
    ...database,
    recheck: async (principal) => principal,
    settings: settingsOf(world),
    profiles: world.profiles,
    claims: world.isShared ? database.claims : null,
    store: createSimStore(world.disk, { ...context, isShared: world.isShared }),
    digests: simDigests,
    sniffer: { sniff: async () => null },
    codec: resultCodec,
    events: createEvents(),
    clock: scheduler.clock(process, world.isShared ? scheduler.chance.int(-500, 500) : 0),
    ids: { newId: world.newId },
    log: silentLog,
  });
  void keepHouse({ process, core }, world);
  return { process, core };
}

/** What a server does by itself: it recovers at its start, delivers what is due, sweeps. */
async function keepHouse({ process, core }: Instance, { scheduler }: SharedWorld): Promise<void> {
  const clock = scheduler.clock(process, 0);
  const ignore = () => undefined;
  await core.housekeeping.recover().catch(ignore);
  while (process.isAlive) {
    await core.housekeeping.finishRipe(new AbortController().signal).catch(ignore);
    await core.housekeeping.deliverDue().catch(ignore);
    await core.administration.sweep({}).catch(ignore);
    await clock.sleep(15_000);
  }
}

function settingsOf({ quotaBytes }: SharedWorld): CoreSettings {
  return {
    expirationMs: 86_400_000,
    expirationFrom: "created",
    checksumAlgorithm: "crc32",
    maxBytes: null,
    chunkSize: 65_536,
    idleTimeoutMs: 60_000,
    quotaBytes,
    access: { userRestricted: true, allowAnonymous: false },
  };
}
