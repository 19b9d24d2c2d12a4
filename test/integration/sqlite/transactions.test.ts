import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sqliteDatabase } from "../../support/temp-database.ts";
import { uploadRecord } from "../../support/upload-record.ts";

const due = new Date("2026-03-04T07:00:00.000Z");
const newUpload = () => uploadRecord({ id: randomUUID() });

/** How many files this process holds open; 0 where the system does not tell. */
function openFiles(): number {
  return existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
}

describe("transactions on a SQLite file", () => {
  it("lose no acknowledged write that runs beside one that is rolled back", async () => {
    await using database = await sqliteDatabase();
    const stale = newUpload();
    await database.uploads.insert({ ...stale, version: 1 });
    const written = Array.from({ length: 100 }, newUpload);
    const answers = await Promise.all(
      written.flatMap((upload) => [
        database.uploads.updateWithOutbox(stale, { state: "complete" }, due),
        database.uploads.insert(upload),
        database.claims.take(randomUUID(), { start: 0, end: 1 }, 1_000).catch(() => null),
      ]),
    );
    expect(answers.filter((answer) => answer !== null && answer !== undefined)).toEqual([]);
    for (const upload of written) expect(await database.uploads.find(upload.id)).toEqual(upload);
    expect(await database.outbox.due(due, 10)).toEqual([]);
  });

  it("show no uncommitted change to other connections", async () => {
    await using database = await sqliteDatabase();
    const uploads = Array.from({ length: 30 }, newUpload);
    for (const upload of uploads) await database.uploads.insert(upload);
    const complete = { state: "complete", finished: true } as const;
    const changes = uploads.map((u) => database.uploads.updateWithOutbox(u, complete, due));
    const looks = uploads.map(async ({ id }) => {
      const seen = await database.uploads.find(id);
      const entry = await database.outbox.findByUpload(id);
      return seen?.state === "complete" && entry === null;
    });
    expect((await Promise.all(looks)).filter(Boolean)).toEqual([]);
    await Promise.all(changes);
  });

  it("leave no connection behind", async () => {
    await using database = await sqliteDatabase();
    await database.uploads.insert(newUpload());
    const before = openFiles();
    for (let n = 0; n < 50; n += 1) {
      const upload = newUpload();
      await database.uploads.insert(upload);
      await database.uploads.updateWithOutbox(upload, { state: "complete" }, due);
      await database.claims.voidAll(upload.id);
    }
    expect(openFiles()).toBeLessThan(before + 20);
  });
});
