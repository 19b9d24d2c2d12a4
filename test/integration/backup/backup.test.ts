import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { askServer } from "../../../src/server/ask-server.ts";
import { beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { randomFile } from "../../support/random-file.ts";
import { startOn } from "../../support/start-on.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const run = promisify(execFile);
const SIZE = 200_000;

const silent = {
  signal: new AbortController().signal,
  report: () => undefined,
  confirm: async () => false,
};
const backupTo = (app: BootedApp, directory: string, copy = false) =>
  askServer(app.dataDir, { name: "backup", directory, filesOnly: false, copy }, silent);

async function finish(app: BootedApp, headers: Record<string, string>) {
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE) });
  await upload.send({ start: 0, end: SIZE });
  await upload.complete();
  return upload;
}

/** Uploads, and deletes every third one, until it is stopped. */
function underLoad(app: BootedApp, headers: Record<string, string>) {
  let going = true;
  let finished = 0;
  const lane = async () => {
    for (let n = 0; going; n += 1) {
      const { id } = await finish(app, headers);
      finished += 1;
      if (n % 3 === 2) {
        const answer = await fetch(`${app.url}/api/uploads/${id}`, { method: "DELETE", headers });
        expect(answer.status).toBe(204);
      }
    }
  };
  const lanes = [lane(), lane(), lane()];
  return {
    finished: () => finished,
    async stop() {
      going = false;
      await Promise.all(lanes);
    },
  };
}

describe("a backup", () => {
  it.each([false, true])(
    "made under load starts in a new data directory with every byte (copied: %s)",
    async (copy) => {
      await using app = await bootApp();
      await using directory = await tempDirectory();
      const headers = { authorization: `Bearer ${await app.token()}` };
      const before = await finish(app, headers);
      const load = underLoad(app, headers);
      while (load.finished() < 5) await app.application.clock.sleep(10);
      const backup = path.join(directory.path, "backup");
      const facts = await backupTo(app, backup, copy);
      await load.stop();
      expect(facts).toMatchObject({ directory: backup, database: "database.db" });

      const restored = path.join(directory.path, "restored");
      await cp(backup, restored, { recursive: true });
      await using again = await startOn({ dataDir: restored });
      const problems: unknown[] = [];
      let checked = 0;
      for await (const { upload, problem } of again.core.administration.verify()) {
        checked += 1;
        if (problem !== null) problems.push([upload.id, problem]);
      }
      expect(problems).toEqual([]);
      expect(checked).toBeGreaterThanOrEqual(5);
      expect(checked).toBe(facts?.files);
      expect(await again.core.housekeeping.strays(silent.signal)).toMatchObject({ count: 0 });
      const file = await again.handle({
        method: "GET",
        url: new URL(`http://127.0.0.1/api/uploads/${before.id}/file`),
        headers: new Headers(headers),
        body: null,
        peer: "127.0.0.1",
        signal: silent.signal,
      } as never);
      expect(file?.status).toBe(200);
      const pieces: Uint8Array[] = [];
      for await (const piece of (file?.body ?? []) as AsyncIterable<Uint8Array>) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(before.file.slice(0, SIZE))).toBe(true);
    },
  );

  it("has lists of checksums that foreign tools check, and is readable by its owner only", async () => {
    await using app = await bootApp();
    await using directory = await tempDirectory();
    const headers = { authorization: `Bearer ${await app.token()}` };
    const upload = await finish(app, headers);
    const backup = path.join(directory.path, "backup");
    await backupTo(app, backup);
    const { stdout } = await run("md5sum", ["--check", "checksums.md5"], { cwd: backup });
    expect(stdout).toContain(`${upload.id}.done: OK`);
    for (const name of await readdir(backup, { recursive: true })) {
      expect({ name, others: (await stat(path.join(backup, name))).mode & 0o077 }).toEqual({
        name,
        others: 0,
      });
    }
    expect(JSON.parse(await readFile(path.join(backup, "backup.json"), "utf8"))).toMatchObject({
      files: 1,
      bytes: SIZE,
    });
  });

  it("is refused into a directory that is not empty, and leaves it alone", async () => {
    await using app = await bootApp();
    await using directory = await tempDirectory();
    const backup = path.join(directory.path, "backup");
    await backupTo(app, backup);
    await rm(path.join(backup, "backup.json"));
    await expect(backupTo(app, backup)).rejects.toThrow("is not empty");
    expect(await readdir(backup)).not.toContain("backup.json");
  });

  it("of PostgreSQL is refused with the name of the tool that makes one", async () => {
    await using app = await bootApp({ database: "postgresql" });
    await using directory = await tempDirectory();
    const backup = path.join(directory.path, "backup");
    await expect(backupTo(app, backup)).rejects.toThrow("pg_dump");
    const ask = { name: "backup", directory: backup, filesOnly: true, copy: false } as const;
    expect(await askServer(app.dataDir, ask, silent)).toMatchObject({ database: null });
  });
});
