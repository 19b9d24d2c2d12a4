import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { operate } from "../../../src/server/operate.ts";
import { s3Settings, startS3Server, versitygwPath } from "../../support/s3-server.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { md5 } from "../../support/upload-run.ts";

const MIB = 2 ** 20;
afterEach(() => void vi.unstubAllEnvs());

const runs = postgres !== null && versitygwPath() !== null;

describe.runIf(runs)("two instances on PostgreSQL and S3", () => {
  it("take the chunks of one upload in parallel, and each serves the file", async () => {
    await using s3 = await startS3Server();
    await s3.createBucket("files");
    const env = s3Settings(s3, "files");
    await using several = await severalApps({ env, store: null });
    const apps = several.apps as [App, App];
    const owner = await several.user();
    const { token } = await apps[0].application.auth.tokens.create(owner, { name: "t" });
    const bytes = randomBytes(22 * MIB);
    const chunkSize = 5 * MIB;
    const upload = await apps[0].application.core.service.init(owner, {
      ...{ filename: "a", size: bytes.length, chunkSize },
    });
    const starts = Array.from(
      { length: Math.ceil(bytes.length / upload.chunkSize) },
      (_, n) => n * upload.chunkSize,
    );
    const sent = starts.map(async (start, n) => {
      const end = Math.min(start + upload.chunkSize, bytes.length);
      const response = await fetch(`${apps[n % 2]?.url}/api/uploads/${upload.id}`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${token}`,
          "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
        },
        body: bytes.subarray(start, end),
      });
      return response.status;
    });
    expect(await Promise.all(sent)).toEqual(starts.map(() => 200));
    const checksum = md5(bytes);
    const completed = await apps[1].application.core.service.complete(owner, {
      ...{ id: upload.id, checksum },
    });
    expect(completed).toMatchObject({ state: "complete", checksum });
    for (const { url } of apps) {
      const headers = { authorization: `Bearer ${token}` };
      const file = await fetch(`${url}/api/uploads/${upload.id}/file`, { headers });
      expect(md5(new Uint8Array(await file.arrayBuffer()))).toBe(checksum);
    }
    // The command line works on the database while the instances run, without a data directory.
    const settings = {
      ...{ ...env, DATABASE_URL: several.url, NEXTAUTH_SECRET: "the secret of all instances" },
      DATA_DIR: "/nonexistent/data",
    };
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    const email = "ann@example.com";
    const user = { email, displayName: null, admin: false, password: null };
    const signal = new AbortController().signal;
    const operator = { signal, report: () => undefined, confirm: async () => false };
    expect(await operate({ name: "user add", ...user }, operator)).toMatchObject({ email });
    const users = await apps[1].application.auth.users.list();
    expect(users.map((known) => known.email)).toContain(email);
  });
});
