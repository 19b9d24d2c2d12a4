import { createDigests } from "../../src/adapters/hash-wasm/digests.ts";
import { createEvents } from "../../src/adapters/memory/events.ts";
import { systemClock } from "../../src/adapters/node/clock.ts";
import { randomIds } from "../../src/adapters/node/ids.ts";
import type { Database } from "../../src/adapters/prisma/open-database.ts";
import { createCore } from "../../src/core/create-core.ts";
import type { ChunkStore } from "../../src/core/ports/chunk-store.ts";
import type { Claims } from "../../src/core/ports/claims.ts";
import type { Principal } from "../../src/core/principal.ts";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import type { UploadCore } from "../../src/core/upload-service.ts";
import { resultCodec } from "../../src/wire/result-codec.ts";
import { silentLog } from "./memory-core.ts";

/** One of several instances over the same records and the same store, with claims as rows. */
export function instance(shared: {
  database: Database;
  store: ChunkStore;
  claims?: Claims;
}): UploadCore {
  const { database, store } = shared;
  return createCore({
    settings: {
      expirationMs: 86_400_000,
      expirationFrom: "created",
      checksumAlgorithm: "md5",
      maxBytes: null,
      chunkSize: 65_536,
      idleTimeoutMs: 60_000,
      quotaBytes: null,
      access: { userRestricted: true, allowAnonymous: true },
    },
    profiles: defineProfiles({ default: profile() }),
    uploads: database.uploads,
    outbox: database.outbox,
    leases: database.leases,
    claims: shared.claims ?? database.claims,
    users: database.users,
    sessions: database.sessions,
    recheck: async (principal) => principal,
    store,
    digests: createDigests(),
    sniffer: { sniff: async () => null },
    codec: resultCodec,
    events: createEvents(),
    clock: systemClock,
    ids: randomIds,
    log: silentLog,
  });
}

export const nobody: Principal = { kind: "anonymous" };

/** A body that gives some bytes and then stays silent until it is let go on. */
export function stallingBody(bytes: Uint8Array, stallAfter: number) {
  let goOn = () => {};
  const silence = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let stalled = () => {};
  const hasStalled = new Promise<void>((resolve) => {
    stalled = resolve;
  });
  async function* body(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, stallAfter);
    stalled();
    await silence;
    yield bytes.subarray(stallAfter);
  }
  return { body: body(), hasStalled, goOn };
}
