import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { Upload } from "../../src/core/upload.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { makeOwner, uploadRecord } from "../support/upload-record.ts";

const now = new Date("2026-03-04T12:00:00.000Z");
const later = new Date("2026-03-05T12:00:00.000Z");
const earlier = new Date("2026-03-04T11:00:00.000Z");

async function insertAll(database: TempDatabase, changes: readonly Partial<Upload>[]) {
  const uploads = changes.map((change, n) =>
    uploadRecord({
      id: randomUUID(),
      createdAt: new Date(Date.UTC(2026, 2, 1, 0, 0, n)),
      expiresAt: later,
      ...change,
    }),
  );
  for (const upload of uploads) await database.uploads.insert(upload);
  return uploads;
}

/** What every repository of uploads counts. */
export function uploadStatsContract(makeDatabase: MakeDatabase): void {
  it("keeps statistics and quotas true through every change of an upload", async () => {
    await using database = await makeDatabase();
    const ann = await makeOwner(database, "ann@example.org");
    const createdAt = new Date("2026-02-01T12:00:00.000Z");
    const [first] = await insertAll(database, [
      { ownerId: ann, size: 100, offset: 40, createdAt },
      { ownerId: ann, size: 7, createdAt },
    ]);
    if (first === undefined) throw new Error("Nothing was inserted.");
    const change = async (upload: Upload, changes: Partial<Upload>) => {
      const changed = await database.uploads.update(upload, changes);
      if (changed === null) throw new Error("Nothing was changed.");
      return changed;
    };
    const facts = async () => {
      const { byStatus, bytes, completions, daily } = await database.uploads.stats({ now });
      const rows = daily.map((row) => [row.created, row.completed, row.completedBytes]);
      return { byStatus, bytes, completions, rows, usage: await database.uploads.usage(ann) };
    };
    const completedAt = new Date("2026-02-02T12:00:00.000Z");
    const complete = await change(first, {
      ...{ state: "complete", offset: 100, completedAt, completion: "pending" },
    });
    expect(await facts()).toEqual({
      byStatus: { uploading: 1, complete: 1, expired: 0 },
      bytes: { uploading: 0, complete: 100 },
      completions: { pending: 1, failed: 0 },
      rows: [
        [2, 0, 0],
        [0, 1, 100],
      ],
      usage: 107,
    });
    const done = await change(complete, { completion: "done", finished: true });
    expect((await facts()).completions).toEqual({ pending: 0, failed: 0 });
    await change(done, { state: "deleting" });
    await database.uploads.remove(done.id);
    expect(await facts()).toEqual({
      byStatus: { uploading: 1, complete: 0, expired: 0 },
      bytes: { uploading: 0, complete: 0 },
      completions: { pending: 0, failed: 0 },
      rows: [[1, 0, 0]],
      usage: 7,
    });
  });

  it("sums statistics over a window of time", async () => {
    await using database = await makeDatabase();
    const day = (n: number, time = "12:00:00.000") => new Date(`2026-02-0${n}T${time}Z`);
    const held = { offset: 10, beyond: [{ start: 20, end: 25 }] };
    const complete = { state: "complete", size: 100, offset: 100 } as const;
    await insertAll(database, [
      { ...held, createdAt: day(1) },
      { ...held, createdAt: day(2, "00:00:00.000"), expiresAt: earlier },
      { ...held, createdAt: day(2, "23:59:59.999"), state: "swept" },
      { ...complete, createdAt: day(2), completedAt: day(3), completion: "pending" },
      { ...complete, createdAt: day(3), completedAt: day(3), completion: "failed" },
      { ...complete, createdAt: day(3), completedAt: day(5), completion: "done" },
      { ...held, createdAt: day(3), state: "deleting" },
    ]);
    expect(await database.uploads.stats({ from: day(2, "00:00:00.000"), to: day(4), now })).toEqual(
      {
        byStatus: { uploading: 0, complete: 3, expired: 2 },
        bytes: { uploading: 15, complete: 300 },
        completions: { pending: 1, failed: 1 },
        daily: [
          { day: "2026-02-02", created: 3, completed: 0, completedBytes: 0 },
          { day: "2026-02-03", created: 2, completed: 2, completedBytes: 200 },
        ],
      },
    );
    // A window is widened to whole UTC days.
    const widened = { from: day(2), to: day(3), now };
    expect((await database.uploads.stats(widened)).daily).toEqual([
      { day: "2026-02-02", created: 3, completed: 0, completedBytes: 0 },
      { day: "2026-02-03", created: 2, completed: 2, completedBytes: 200 },
    ]);
    const whole = await database.uploads.stats({ now });
    expect(whole.daily.map(({ day: name }) => name)).toEqual([
      "2026-02-01",
      "2026-02-02",
      "2026-02-03",
      "2026-02-05",
    ]);
    expect(whole.byStatus).toEqual({ uploading: 1, complete: 3, expired: 2 });
  });
}
