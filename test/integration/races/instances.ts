import { createFilesystemStore } from "../../../src/adapters/filesystem/filesystem-store.ts";
import { createDigests } from "../../../src/adapters/hash-wasm/digests.ts";
import { createEvents } from "../../../src/adapters/memory/events.ts";
import { systemClock } from "../../../src/adapters/node/clock.ts";
import { randomIds } from "../../../src/adapters/node/ids.ts";
import { openDatabase } from "../../../src/adapters/prisma/open-database.ts";
import { createCore } from "../../../src/core/create-core.ts";
import type { Principal } from "../../../src/core/principal.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { CoreSettings } from "../../../src/core/settings.ts";
import type { UploadCore } from "../../../src/core/upload-service.ts";
import { createChunksDoor } from "../../../src/doors/chunks/chunks-door.ts";
import { createHttpServer } from "../../../src/server/http-server.ts";
import { resultCodec } from "../../../src/wire/result-codec.ts";
import { silentLog } from "../../support/temp-database.ts";

export const CHUNK = 262_144;

/** The one who asks everywhere here; ownership is not what these tests are about. */
export const anybody: Principal = { kind: "anonymous" };

const settings: CoreSettings = {
  expirationMs: 86_400_000,
  expirationFrom: "created",
  checksumAlgorithm: "md5",
  maxBytes: null,
  chunkSize: CHUNK,
  idleTimeoutMs: 60_000,
  quotaBytes: null,
  access: { userRestricted: true, allowAnonymous: true },
};

/** One of several servers that share records and files, so that only claims keep them apart. */
export interface Instance extends AsyncDisposable {
  readonly url: string;
  readonly core: UploadCore;
}

/** Opens an instance over a database that is migrated already and a directory for files. */
export async function openInstance(ask: { url: string; root: string }): Promise<Instance> {
  const database = await openDatabase({ url: ask.url, log: silentLog });
  const core = createCore({
    settings,
    profiles: defineProfiles({ default: profile() }),
    uploads: database.uploads,
    outbox: database.outbox,
    leases: database.leases,
    claims: database.claims,
    users: database.users,
    store: createFilesystemStore({
      ...{ root: ask.root, pathTemplate: "files" },
      ...{ incompleteExt: ".part", completeExt: ".done" },
    }),
    digests: createDigests(),
    sniffer: { sniff: async () => null },
    codec: resultCodec,
    events: createEvents(),
    clock: systemClock,
    ids: randomIds,
    log: silentLog,
  });
  const door = createChunksDoor({
    service: core.service,
    authenticate: async () => ({ principal: anybody, byCookie: false }),
    config: { publicUrl: "http://localhost", corsOrigins: [] },
    log: silentLog,
  });
  const server = createHttpServer({
    doorAt: () => ({ door, endsIdleBodies: true }),
    fallback: async (_, response) => void response.writeHead(404).end(),
    trustedProxies: [],
    idleTimeoutMs: settings.idleTimeoutMs,
    clock: systemClock,
    log: silentLog,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  return {
    url: `http://127.0.0.1:${port}`,
    core,
    async [Symbol.asyncDispose]() {
      await core.housekeeping.drain(0);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
    },
  };
}
