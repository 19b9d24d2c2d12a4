import { createEvents } from "../../src/adapters/memory/events.ts";
import type { MemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import { rememberRecords } from "../../src/adapters/memory/remembering-database.ts";
import { createCore } from "../../src/core/create-core.ts";
import type { ChunkStore } from "../../src/core/ports/chunk-store.ts";
import type { Profiles } from "../../src/core/profiles.ts";
import type { CoreSettings } from "../../src/core/settings.ts";
import type { UploadCore } from "../../src/core/upload-service.ts";
import { resultCodec } from "../../src/wire/result-codec.ts";
import { silentLog } from "../support/memory-core.ts";
import { type FaultContext, noFaults, withDatabaseFaults } from "./faults.ts";
import type { Process } from "./scheduler.ts";
import { simDigests } from "./sim-digests.ts";
import type { SimLink } from "./sim-peers.ts";

/** What all instances share. */
export interface SharedWorld {
  readonly database: MemoryDatabase;
  readonly storeOf: (context: FaultContext) => ChunkStore;
  readonly profilesOf: (process: Process) => Profiles;
  readonly quotaBytes: number | null;
  readonly newId: () => string;
  /** Null for one process alone, which remembers the records it read; else claims are rows. */
  readonly link: SimLink | null;
  /** Whether instances can ask each other, as over LISTEN and NOTIFY. */
  readonly hasPeers: boolean;
  /** How far an instance's clock may be from true time. Milliseconds. */
  readonly skewMs: number;
}

export interface Instance {
  readonly process: Process;
  readonly core: UploadCore;
}

/** Starts a process over the shared database and store, as after a crash. */
export function startInstance(world: SharedWorld, context: FaultContext): Instance {
  const { scheduler, process } = context;
  const { database, link } = world;
  const faulty = {
    uploads: withDatabaseFaults("uploads", database.uploads, context),
    outbox: withDatabaseFaults("outbox", database.outbox, context),
    leases: withDatabaseFaults("leases", database.leases, context),
    claims: withDatabaseFaults("claims", database.claims, context),
    users: withDatabaseFaults("users", database.users, context),
    tokens: withDatabaseFaults("tokens", database.tokens, context),
    sessions: withDatabaseFaults("sessions", database.sessions, context),
  };
  const own = link === null ? rememberRecords(faulty).database : faulty;
  const core = createCore({
    ...own,
    recheck: async (principal) => principal,
    settings: settingsOf(world),
    profiles: world.profilesOf(process),
    claims: link === null ? null : own.claims,
    ...(link !== null && { mutex: link.mutex(context) }),
    ...(link !== null && world.hasPeers && { peers: link.peers(context) }),
    store: world.storeOf(context),
    digests: simDigests,
    sniffer: { sniff: async () => null },
    codec: resultCodec,
    events: createEvents(),
    clock: scheduler.clock(process, scheduler.chance.int(-world.skewMs, world.skewMs)),
    ids: { newId: world.newId },
    log: silentLog,
  });
  void keepHouse({ process, core }, context);
  return { process, core };
}

/** What a server does by itself: it recovers at its start, delivers what is due, sweeps. */
async function keepHouse(
  { process, core }: Instance,
  { scheduler, rates }: Pick<FaultContext, "scheduler" | "rates">,
): Promise<void> {
  const clock = scheduler.clock(process, 0);
  const ignore = () => undefined;
  await core.housekeeping.recover().catch(ignore);
  while (process.isAlive) {
    await core.housekeeping.completeReady(new AbortController().signal).catch(ignore);
    await core.housekeeping.deliverDue().catch(ignore);
    await core.administration.sweep({}).catch(ignore);
    // Days pass at the end, in which nothing else happens.
    await clock.sleep(rates() === noFaults ? 150_000 : 15_000);
  }
}

/** Uploads expire this long after they were begun. Milliseconds. */
export const EXPIRATION_MS = 86_400_000;

function settingsOf({ quotaBytes }: SharedWorld): CoreSettings {
  return {
    expirationMs: EXPIRATION_MS,
    expirationFrom: "created",
    checksumAlgorithm: "crc32",
    maxBytes: null,
    chunkSize: 65_536,
    idleTimeoutMs: 60_000,
    quotaBytes,
    access: { userRestricted: true, allowAnonymous: false },
  };
}
