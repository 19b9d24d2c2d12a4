import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../../src/core/errors.ts";
import { receivedRanges } from "../../../src/core/upload.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import {
  CHUNK,
  codeOf,
  fileOf,
  md5,
  send,
  UploadRun,
  uploadStep,
} from "../../support/upload-run.ts";

describe("the life of an upload", () => {
  it("holds exactly what was acknowledged, whatever is sent in whatever order", async () => {
    const sizes = fc.integer({ min: 1, max: 10 * CHUNK });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(uploadStep, { maxLength: 25 }), async (size, steps) => {
        const run = await UploadRun.begin(fileOf(size));
        for (const step of steps) {
          await run.take(step);
          expect(receivedRanges(await run.record())).toEqual(run.held);
        }
        await run.sendMissing();
        expect(md5(await run.completeAndRead())).toBe(md5(run.file));
      }),
      { numRuns: 100 },
    );
  });

  it("carries the digest of the prefix, so that completing reads nothing back", async () => {
    const world = memoryCore();
    const file = fileOf(5 * CHUNK + 17);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    for (let start = 0; start < file.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, file.length);
      const now = await send(world, upload, { file, start, end });
      expect(now.digestOffset).toBe(end);
      expect(await world.service.prefix(now)).toEqual({
        length: end,
        checksum: md5(file.subarray(0, end)),
      });
    }
  });

  it("survives a digest state that another build wrote", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    const half = await send(world, upload, { file, start: 0, end: CHUNK });
    await world.database.uploads.update(half, { digestState: Uint8Array.from([1, 2, 3]) });
    await send(world, upload, { file, start: CHUNK, end: file.length });
    const done = await world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    expect(done.state).toBe("complete");
  });

  it("begins again, and says so, when the store has lost bytes", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    const half = await send(world, upload, { file, start: 0, end: CHUNK });
    await world.store.remove(half);
    const refused = await send(world, upload, { file, start: CHUNK, end: file.length }).catch(
      (error) => error,
    );
    expect(isUploadError(refused) && refused.details).toMatchObject({ expected_offset: 0 });
    await send(world, upload, { file, start: 0, end: file.length });
    const done = await world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    expect(done.state).toBe("complete");
  });

  it("takes no bytes once it expired, though a body that began before may end", async () => {
    const world = memoryCore();
    const file = fileOf(1_000);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    await world.clock.advance(86_400_000);
    expect(await send(world, upload, { file, start: 0, end: 1_000 }).catch(codeOf)).toBe("EXPIRED");
    expect(
      await world.service.complete(alice, { id: upload.id, checksum: "00" }).catch(codeOf),
    ).toBe("EXPIRED");
    expect((await world.service.status(alice, upload.id)).id).toBe(upload.id);
  });
});
