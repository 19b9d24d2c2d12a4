import { createWriteStream } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { beginUpload, expectProblem } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { partPath } from "../../support/chunk-sender.ts";
import { readColumn } from "../../support/edit-records.ts";
import { randomFile } from "../../support/random-file.ts";
import { smallDataDir } from "../../support/small-data-dir.ts";

const MIB = 2 ** 20;

async function begin(app: BootedApp, dataDir: string, size: number) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(size) });
  const storageKey = String(await readColumn(dataDir, upload.id, "storageKey"));
  const remove = () => fetch(`${app.url}/api/uploads/${upload.id}`, { method: "DELETE", headers });
  return { ...upload, headers, remove, part: partPath(dataDir, { storageKey }) };
}

/** Takes every block that is left, as a log file of another program would. */
async function fill(dataDir: string): Promise<void> {
  const file = createWriteStream(path.join(dataDir, "of-another-program"), { flags: "a" });
  const ended = new Promise<void>((resolve) => {
    file.once("error", () => resolve());
    file.once("close", () => resolve());
  });
  const { bavail, bsize } = await statfs(dataDir);
  file.end(Buffer.alloc(bavail * bsize + bsize, 1));
  await ended;
  expect((await statfs(dataDir)).bavail).toBe(0);
}

describe("bytes that were refused", () => {
  it("are given back at once", async () => {
    await using app = await bootApp();
    const upload = await begin(app, app.dataDir, 3 * MIB);
    expect((await upload.send({ start: 0, end: MIB })).status).toBe(200);
    const refused = await fetch(`${app.url}/api/uploads/${upload.id}`, {
      method: "PUT",
      headers: {
        ...upload.headers,
        "content-range": `bytes ${MIB}-${3 * MIB - 1}/${3 * MIB}`,
        "content-digest": `sha-256=:${btoa("x".repeat(32))}:`,
      },
      body: Buffer.alloc(2 * MIB),
    });
    expect(refused.status).toBe(400);
    expect(await upload.status()).toMatchObject({ offset: MIB });
    expect((await stat(upload.part)).size).toBe(MIB);
  });
});

describe("a disk that is full, the database on it", async () => {
  const probe = await smallDataDir(MIB);
  await probe?.[Symbol.asyncDispose]();

  it.runIf(probe !== null)(
    "refuses bytes and records with 507, and lets deletions make room",
    async () => {
      await using disk = await smallDataDir(24 * MIB);
      if (disk === null) return;
      await using app = await bootApp({ env: { DATA_DIR: disk.path } });
      const kept = await begin(app, disk.path, MIB);
      expect((await kept.send({ start: 0, end: MIB })).status).toBe(200);
      await kept.complete();
      const doomed = await begin(app, disk.path, 40 * MIB);
      const full = await doomed.send({ start: 0, end: 40 * MIB, digest: "md5" });
      expectProblem(full, 507, { code: "STORAGE_FULL" });
      // What was refused is free again; another program takes all there is.
      await fill(disk.path);
      const headers = { ...doomed.headers, "content-type": "application/json" };
      const body = JSON.stringify({ json: { filename: "x".repeat(200), size: 5 } });
      const statuses: number[] = [];
      // The write-ahead log has some free pages: until they are used up, records find room.
      for (let n = 0; n < 300 && statuses.at(-1) !== 507; n += 1) {
        const init = { method: "POST", headers, body };
        statuses.push((await fetch(`${app.url}/api/trpc/uploads.init`, init)).status);
      }
      expect(statuses.at(-1)).toBe(507);
      expect(statuses.filter((status) => status !== 200 && status !== 507)).toEqual([]);
      expect((await doomed.remove()).status).toBe(204);
      expect((await kept.remove()).status).toBe(204);
      expect((await fetch(`${app.url}/api/uploads/${kept.id}`, { headers })).status).toBe(404);
      // A deleted file's MiB is room again, of which the reserve takes its part.
      const next = await begin(app, disk.path, 10);
      expect((await next.send({ start: 0, end: 10 })).status).toBe(200);
      await next.complete();
    },
  );
});
