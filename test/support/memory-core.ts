import { createDigests } from "../../src/adapters/hash-wasm/digests.ts";
import { createEvents } from "../../src/adapters/memory/events.ts";
import { createMemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import { createMemoryStore } from "../../src/adapters/memory/memory-store.ts";
import { randomIds } from "../../src/adapters/node/ids.ts";
import { createCore } from "../../src/core/create-core.ts";
import type { Recheck } from "../../src/core/ports/authenticator.ts";
import type { ChunkStore } from "../../src/core/ports/chunk-store.ts";
import type { Logger } from "../../src/core/ports/system.ts";
import type { Principal } from "../../src/core/principal.ts";
import { defineProfiles, type Profiles, profile } from "../../src/core/profiles.ts";
import type { CoreSettings } from "../../src/core/settings.ts";
import { resultCodec } from "../../src/wire/result-codec.ts";
import { ManualClock } from "./manual-clock.ts";

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

export const alice: Principal = {
  kind: "user",
  id: "alice",
  email: "alice@example.com",
  role: "user",
  via: "session",
};

/** The whole core over memory and a clock that stands still: nothing to wait for, nothing to clean up. */
export function memoryCore(
  options: {
    settings?: Partial<CoreSettings>;
    profiles?: Profiles;
    log?: Logger;
    /** By default every principal stays valid. */
    recheck?: Recheck;
    store?: ChunkStore;
    /** One of several instances: claims are rows. */
    isShared?: boolean;
    /** What another core left behind: the process after a crash. */
    after?: {
      clock: ManualClock;
      database: ReturnType<typeof createMemoryDatabase>;
      store: ChunkStore;
    };
  } = {},
) {
  const clock = options.after?.clock ?? new ManualClock();
  const database = options.after?.database ?? createMemoryDatabase({ clock, ids: randomIds });
  const store = options.after?.store ?? options.store ?? createMemoryStore();
  const events = createEvents();
  const settings: CoreSettings = {
    expirationMs: 86_400_000,
    expirationFrom: "created",
    checksumAlgorithm: "md5",
    maxBytes: null,
    chunkSize: 65_536,
    idleTimeoutMs: 60_000,
    quotaBytes: null,
    access: { userRestricted: true, allowAnonymous: false },
    ...options.settings,
  };
  const core = createCore({
    settings,
    profiles: options.profiles ?? defineProfiles({ default: profile() }),
    uploads: database.uploads,
    outbox: database.outbox,
    leases: database.leases,
    claims: options.isShared ? database.claims : null,
    users: database.users,
    sessions: database.sessions,
    recheck: options.recheck ?? (async (principal) => principal),
    store,
    digests: createDigests(),
    sniffer: { sniff: async () => null },
    codec: resultCodec,
    events,
    clock,
    ids: randomIds,
    log: options.log ?? silentLog,
  });
  return { ...core, clock, database, store, events };
}

/** A body that arrives in pieces of `step` bytes, and breaks after `cutAfter` bytes when that is given. */
export async function* arriving(
  bytes: Uint8Array,
  how: { step?: number; cutAfter?: number } = {},
): AsyncGenerator<Uint8Array> {
  const { step = 1_000, cutAfter = Number.POSITIVE_INFINITY } = how;
  for (let at = 0; at < bytes.length; at += step) {
    const end = Math.min(at + step, bytes.length);
    if (end > cutAfter) {
      if (cutAfter > at) yield bytes.subarray(at, cutAfter);
      throw new Error("ECONNRESET");
    }
    yield bytes.subarray(at, end);
  }
}
