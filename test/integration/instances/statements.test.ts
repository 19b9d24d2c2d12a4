import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import type { Application } from "../../../src/server/application.ts";
import { bootApp } from "../../support/boot-app.ts";
import { chunkDoors } from "../../support/chunk-doors.ts";
import { s3Settings, startS3Server, versitygwPath } from "../../support/s3-server.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { StatementLog } from "../../support/statement-log.ts";
import { CHUNK, fileOf } from "../../support/upload-run.ts";

const SECRET = "the secret of all instances";
const CHUNKS = 4;

/** An application over PostgreSQL, its owner of uploads, and the secret of its sessions. */
interface Scene extends AsyncDisposable {
  readonly url: string;
  readonly application: Application;
  readonly owner: UserPrincipal;
}

async function oneInstance(): Promise<Scene> {
  const app = await bootApp({ database: "postgresql", env: { NEXTAUTH_SECRET: SECRET } });
  const { id, email } = await app.user();
  const owner: UserPrincipal = { kind: "user", id, email, role: "user", via: "session" };
  const { url, application } = app;
  return { url, application, owner, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

async function oneOfSeveral(): Promise<Scene> {
  const s3 = await startS3Server();
  await s3.createBucket("files");
  const several = await severalApps({ count: 2, store: null, env: s3Settings(s3, "files") });
  const [{ url, application }] = several.apps as [App];
  return {
    ...{ url, application, owner: await several.user() },
    async [Symbol.asyncDispose]() {
      await several[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
    },
  };
}

async function bearer({ application, owner }: Scene): Promise<Record<string, string>> {
  const { token } = await application.auth.tokens.create(owner, { name: "t" });
  return { authorization: `Bearer ${token}` };
}

async function cookie({ application, owner }: Scene): Promise<Record<string, string>> {
  const claims = { ...(await application.auth.sessions.begin({ id: owner.id, tokenVersion: 0 })) };
  const token = await encode({ token: claims, secret: SECRET });
  return { cookie: `next-auth.session-token=${token}`, "sec-fetch-site": "same-origin" };
}

const scenes = [
  { name: "one instance, files", open: oneInstance, runs: postgres !== null },
  {
    name: "several instances, S3",
    open: oneOfSeveral,
    runs: postgres !== null && versitygwPath() !== null,
  },
];

for (const { name, open, runs } of scenes) {
  describe.runIf(runs)(`a chunk on PostgreSQL, ${name}`, () => {
    it("costs two statements, credential, claim and commit included, through each door", async () => {
      await using scene = await open();
      const { application, owner, url } = scene;
      const size = CHUNKS * CHUNK;
      const file = fileOf(size) as Uint8Array<ArrayBuffer>;
      const found: Record<string, string[][]> = {};
      for (const credential of [bearer, cookie]) {
        const headers = await credential(scene);
        for (const [door, send] of Object.entries(chunkDoors)) {
          const ask = { filename: "a", size, chunkSize: CHUNK };
          const { id } = await application.core.service.init(owner, ask);
          using log = new StatementLog();
          const costs: string[][] = [];
          for (let start = 0; start < size; start += CHUNK) {
            log.take();
            const bytes = file.slice(start, start + CHUNK);
            const response = await send({ url, id, headers, bytes, start, size });
            expect([200, 204]).toContain(response.status);
            await response.arrayBuffer();
            costs.push(log.take());
          }
          // The first chunk also notes the token's use and what the store remembers of the upload,
          // and the last one of tus completes it.
          found[`${door}, ${credential.name}`] = costs.slice(1, -1);
        }
      }
      const tooMany = Object.entries(found).filter(([, costs]) => costs.some((c) => c.length > 2));
      expect(Object.fromEntries(tooMany)).toEqual({});
    });
  });
}
