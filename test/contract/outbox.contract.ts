import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { OutboxEntry } from "../../src/core/ports/outbox.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 4, 7, minute));

async function owe(database: TempDatabase, due: Date): Promise<OutboxEntry> {
  const upload = uploadRecord({ id: randomUUID() });
  await database.uploads.insert(upload);
  await database.uploads.updateWithOutbox(upload, { state: "complete" }, due);
  const entry = await database.outbox.findByUpload(upload.id);
  if (entry === null) throw new Error("No entry was written.");
  return entry;
}

/** The contract of the outbox. */
export function outboxContract(makeDatabase: MakeDatabase): void {
  it("returns due entries, oldest first, up to the limit", async () => {
    await using database = await makeDatabase();
    const second = await owe(database, at(2));
    const first = await owe(database, at(1));
    const third = await owe(database, at(3));
    expect(await database.outbox.due(at(0), 10)).toEqual([]);
    expect(await database.outbox.due(at(2), 10)).toEqual([first, second]);
    expect(await database.outbox.due(at(9), 2)).toEqual([first, second]);
    expect(await database.outbox.due(at(9), 10)).toEqual([first, second, third]);
  });

  it("finds nothing for an upload without an entry", async () => {
    await using database = await makeDatabase();
    expect(await database.outbox.findByUpload(randomUUID())).toBeNull();
  });

  it("leases an entry to one of 20 instances, until the lease ends", async () => {
    await using database = await makeDatabase();
    const entry = await owe(database, at(1));
    const race = (now: Date, until: Date) =>
      Promise.all(Array.from({ length: 20 }, () => database.outbox.lease(entry, { now, until })));
    expect((await race(at(1), at(5))).filter(Boolean)).toHaveLength(1);
    expect(await database.outbox.due(at(4), 10)).toEqual([]);
    expect(await database.outbox.lease(entry, { now: at(4), until: at(9) })).toBe(false);
    expect(await database.outbox.due(at(5), 10)).toEqual([entry]);
    expect((await race(at(5), at(9))).filter(Boolean)).toHaveLength(1);
  });

  it("extends a lease for its holder only", async () => {
    await using database = await makeDatabase();
    const entry = await owe(database, at(1));
    const { outbox } = database;
    await outbox.lease(entry, { now: at(1), until: at(5) });
    expect(await outbox.renew(entry.id, { held: at(5), until: at(9) })).toBe(true);
    expect(await outbox.lease(entry, { now: at(6), until: at(7) })).toBe(false);
    expect(await outbox.lease(entry, { now: at(9), until: at(20) })).toBe(true);
    expect(await outbox.renew(entry.id, { held: at(9), until: at(30) })).toBe(false);
    await outbox.failed(entry.id, { held: at(9), dueAt: at(50) });
    expect(await outbox.findByUpload(entry.uploadId)).toEqual(entry);
    await outbox.done(entry.id);
    expect(await outbox.renew(entry.id, { held: at(20), until: at(30) })).toBe(false);
  });

  it("removes a delivered entry, and may be called again", async () => {
    await using database = await makeDatabase();
    const entry = await owe(database, at(1));
    await database.outbox.done(entry.id);
    await database.outbox.done(entry.id);
    expect(await database.outbox.findByUpload(entry.uploadId)).toBeNull();
    expect(await database.outbox.lease(entry, { now: at(1), until: at(2) })).toBe(false);
    expect(await database.uploads.find(entry.uploadId)).toMatchObject({ state: "complete" });
  });

  it("counts a failure and schedules the entry again", async () => {
    await using database = await makeDatabase();
    const entry = await owe(database, at(1));
    await database.outbox.lease(entry, { now: at(1), until: at(50) });
    await database.outbox.failed(entry.id, { held: at(50), dueAt: at(10) });
    const retry = { ...entry, attempts: 1, dueAt: at(10) };
    expect(await database.outbox.due(at(9), 10)).toEqual([]);
    expect(await database.outbox.due(at(10), 10)).toEqual([retry]);
    expect(await database.outbox.findByUpload(entry.uploadId)).toEqual(retry);
  });

  it("does not lease an entry that another instance failed to deliver meanwhile", async () => {
    await using database = await makeDatabase();
    const entry = await owe(database, at(1));
    await database.outbox.lease(entry, { now: at(1), until: at(5) });
    await database.outbox.failed(entry.id, { held: at(5), dueAt: at(10) });
    expect(await database.outbox.lease(entry, { now: at(11), until: at(12) })).toBe(false);
  });
}
