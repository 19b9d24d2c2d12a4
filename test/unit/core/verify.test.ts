import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { fileOf, md5, send } from "../../support/upload-run.ts";

const file = fileOf(1_000);

async function withFinished(count: number) {
  const world = memoryCore();
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const upload = await world.service.init(alice, { filename: `${n}`, size: file.length });
    await send(world, upload, { file, start: 0, end: file.length });
    await world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    ids.push(upload.id);
  }
  const problems = async (ask: { id?: string } = {}) => {
    const found: [string, string | null][] = [];
    for await (const { upload, problem } of world.administration.verify(ask))
      found.push([upload.id, problem]);
    return found;
  };
  /** What happens when the file of `id` is read. */
  const onRead = (id: string, what: () => Promise<void>) => {
    const { read } = world.store;
    world.store.read = async function* (stored, range) {
      if (stored.id === id) await what();
      yield* read(stored, range);
    };
  };
  return { world, ids: ids.sort(), problems, onRead };
}

describe("verifying finished files", () => {
  it("names one that cannot be read, and goes on with the others", async () => {
    const { ids, problems, onRead } = await withFinished(3);
    const [first = "", second = "", third = ""] = ids;
    onRead(second, async () => {
      throw new UploadError("UNAVAILABLE", { cause: new Error("EIO: i/o error, read") });
    });
    const found = [
      [first, null],
      [second, "unreadable"],
      [third, null],
    ];
    expect(await problems()).toEqual(found);
    expect(await problems({ id: second })).toEqual([[second, "unreadable"]]);
  });

  it("does not call missing what was deleted before or while it was read", async () => {
    const { world, ids, problems, onRead } = await withFinished(4);
    const [first = "", second = "", third = "", fourth = ""] = ids;
    onRead(first, () => world.service.remove(alice, second));
    onRead(third, async () => {
      await world.service.remove(alice, third);
      throw new UploadError("UNAVAILABLE");
    });
    expect(await problems()).toEqual([
      [first, null],
      [fourth, null],
    ]);
  });
});
