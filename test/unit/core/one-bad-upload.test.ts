import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import { once } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { codeOf, fileOf, send } from "../../support/upload-run.ts";

const file = fileOf(100);

async function withUploads(count: number) {
  const world = memoryCore();
  const uploads = [];
  for (let n = 0; n < count; n += 1) {
    const upload = await world.service.init(alice, { filename: `${n}`, size: file.length });
    uploads.push(await send(world, upload, { file, start: 0, end: 50 }));
  }
  return { world, uploads };
}

describe("one upload that cannot be removed", () => {
  it.each([false, true])(
    "does not stop the sweep of the others (records kept: %s)",
    async (keepRecord) => {
      const { world, uploads } = await withUploads(3);
      const [bad] = [...uploads].sort((a, b) => (a.id < b.id ? -1 : 1));
      const remove = world.store.remove;
      world.store.remove = async (stored) => {
        if (stored.id === bad?.id) throw new UploadError("UNAVAILABLE");
        await remove(stored);
      };
      await world.clock.advance(86_400_000);
      expect(await world.administration.sweep({ keepRecord })).toMatchObject({ files: 2 });
      const lengths = await Promise.all(uploads.map((upload) => world.store.length(upload)));
      expect(lengths.sort()).toEqual([0, 0, 50]);
    },
  );

  it("does not stop the removal of files without a record", async () => {
    const { world, uploads } = await withUploads(3);
    for (const { id } of uploads) await world.database.uploads.remove(id);
    const { removeObject } = world.store;
    let refused = false;
    world.store.removeObject = async (key) => {
      if (!refused) {
        refused = true;
        throw new UploadError("UNAVAILABLE");
      }
      await removeObject(key);
    };
    await world.clock.advance(3 * 86_400_000);
    expect(await world.administration.sweep({ orphans: true })).toMatchObject({ files: 2 });
    expect(await world.administration.sweep({ orphans: true })).toMatchObject({ files: 1 });
  });

  it("does not keep an administrator from removing others, and is reported", async () => {
    const { world, uploads } = await withUploads(3);
    const [, bad] = uploads;
    const { remove } = world.store;
    world.store.remove = async (stored) => {
      if (stored.id === bad?.id) throw new UploadError("STORAGE_FULL");
      await remove(stored);
    };
    const ids = uploads.map(({ id }) => id);
    expect(await world.administration.remove(ids).catch(codeOf)).toBe("STORAGE_FULL");
    const lengths = await Promise.all(uploads.map((upload) => world.store.length(upload)));
    expect(lengths).toEqual([0, 50, 0]);
  });

  it("does not keep an administrator from removing others when it is removed concurrently", async () => {
    const { world, uploads } = await withUploads(3);
    const ids = uploads.map(({ id }) => id);
    const removed = await Promise.all([
      world.administration.remove(ids),
      world.administration.remove(ids),
    ]).catch(codeOf);
    expect(removed).toEqual([expect.any(Array), expect.any(Array)]);
    for (const upload of uploads) expect(await world.store.length(upload)).toBe(0);
  });

  it("is removed by a later sweep, without a start in between", async () => {
    const { world, uploads } = await withUploads(1);
    const id = uploads[0]?.id ?? "";
    once(world.store, "remove", async () => {
      throw new UploadError("UNAVAILABLE");
    });
    expect(await world.service.remove(alice, id).catch(codeOf)).toBe("UNAVAILABLE");
    expect(await world.service.remove(alice, id).catch(codeOf)).toBe("NOT_FOUND");
    // It might still be under way.
    await world.administration.sweep({});
    expect(await world.database.uploads.find(id)).toMatchObject({ state: "deleting" });
    await world.clock.advance(61_000);
    await world.administration.sweep({ dryRun: true });
    expect(await world.database.uploads.find(id)).toMatchObject({ state: "deleting" });
    await world.administration.sweep({});
    expect(await world.database.uploads.find(id)).toBeNull();
    const left: unknown[] = [];
    for await (const object of world.store.objects()) left.push(object);
    expect(left).toEqual([]);
  });
});
