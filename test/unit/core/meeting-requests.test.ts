import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { receivedRanges, type Upload } from "../../../src/core/upload.ts";
import { liveBody, once, settle } from "../../support/live-body.ts";
import { alice, arriving, memoryCore } from "../../support/memory-core.ts";
import { CHUNK, codeOf, fileOf, md5, send } from "../../support/upload-run.ts";

type World = ReturnType<typeof memoryCore>;

function append(
  world: World,
  upload: Upload,
  part: { start: number; end: number; total?: number | null; body: AsyncIterable<Uint8Array> },
) {
  const { start, end, total = upload.size, body } = part;
  return world.service.append(alice, {
    id: upload.id,
    position: { start, end, total },
    contentLength: null,
    body,
    signal: new AbortController().signal,
  });
}

describe("two requests to complete one upload", () => {
  it("run onComplete once, although the second arrived while the first was running", async () => {
    let runs = 0;
    const profiles = defineProfiles({ default: profile({ onComplete: async () => ++runs }) });
    const world = memoryCore({ profiles });
    const file = fileOf(1_000);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    await send(world, upload, { file, start: 0, end: file.length });
    const complete = () => world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    // The second has seen the unfinished record; the first is through before it looks again.
    once(world.database.uploads, "find", async (find) => {
      const unfinished = await find();
      await complete();
      return unfinished;
    });
    const second = await complete();
    expect(second).toMatchObject({ state: "complete", completion: "done" });
    expect(runs).toBe(1);
    await world.housekeeping.deliverDue();
    await settle();
    expect(runs).toBe(1);
  });
});

describe("completing while the length is deferred", () => {
  it("lets no late writer lengthen the finished file", async () => {
    const world = memoryCore();
    const file = fileOf(2_000);
    const upload = await world.service.init(alice, { filename: "stream" });
    await send(world, upload, { file, start: 0, end: 1_000 });
    const body = liveBody();
    let late: Promise<unknown> | null = null;
    once(world.database.uploads, "update", async (update) => {
      late = append(world, upload, { start: 1_000, end: 2_000, body }).catch(codeOf);
      await settle();
      return update();
    });
    const checksum = md5(file.subarray(0, 1_000));
    const done = await world.service.complete(alice, { id: upload.id, checksum });
    expect(done).toMatchObject({ state: "complete", size: 1_000 });
    body.give(file.subarray(1_000, 1_500));
    await settle();
    body.end();
    expect(await late).toBe("ALREADY_COMPLETE");
    expect(await world.store.length(done)).toBe(1_000);
  });
});

describe("completing while the sweeper passes", () => {
  it("does not complete what was swept meanwhile", async () => {
    const world = memoryCore();
    const file = fileOf(1_000);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    await send(world, upload, { file, start: 0, end: file.length });
    let letGo = () => {};
    once(world.store, "remove", async (remove) => {
      await new Promise<void>((resolve) => (letGo = resolve));
      return remove();
    });
    let swept: Promise<unknown> = Promise.resolve();
    once(world.database.uploads, "update", async (update) => {
      await world.clock.advance(86_400_000);
      swept = world.administration.sweep({ keepRecord: true });
      await settle();
      return update();
    });
    const ask = { id: upload.id, checksum: md5(file) };
    expect(await world.service.complete(alice, ask).catch(codeOf)).toBe("EXPIRED");
    letGo();
    await swept;
    expect(await world.service.status(alice, upload.id)).toMatchObject({ state: "swept" });
  });
});

describe("a repeated body whose bytes came in meanwhile", () => {
  it("blocks no other request: neither a newer one nor a delete waits for it", async () => {
    const world = memoryCore();
    const file = fileOf(CHUNK);
    const upload = await world.service.init(alice, { filename: "a", size: CHUNK });
    // The repeat was judged while nothing was held; the first answer came before it had its turn.
    once(world.database.uploads, "find", async (find) => {
      const empty = await find();
      await send(world, upload, { file, start: 0, end: CHUNK });
      return empty;
    });
    const body = liveBody();
    const stalled = append(world, upload, { start: 0, end: CHUNK, body }).catch(codeOf);
    await settle();
    let removed = false;
    const removing = world.service.remove(alice, upload.id).then(() => (removed = true));
    await settle();
    expect(removed).toBe(true);
    body.end();
    await Promise.all([stalled, removing]);
  });
});

describe("two bodies that disagree about the deferred total", () => {
  it("never hold more than the total that was agreed on first", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, { filename: "a", chunkSize: CHUNK });
    const body = liveBody();
    const far = append(world, upload, { start: CHUNK, end: 2 * CHUNK, total: 3 * CHUNK, body });
    const refused = far.catch(codeOf);
    await settle();
    await append(world, upload, {
      start: 0,
      end: CHUNK,
      total: CHUNK,
      body: arriving(file.subarray(0, CHUNK)),
    });
    body.give(file.subarray(CHUNK, 2 * CHUNK));
    body.end();
    expect(await refused).toBe("TOTAL_MISMATCH");
    const now = await world.service.status(alice, upload.id);
    expect(now).toMatchObject({ size: CHUNK, offset: CHUNK });
    expect(receivedRanges(now)).toEqual([{ start: 0, end: CHUNK }]);
  });

  it("count nothing beyond it, also where one of them named none", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, { filename: "a", chunkSize: CHUNK });
    const body = liveBody();
    const open = append(world, upload, { start: CHUNK, end: 2 * CHUNK, total: null, body });
    const refused = open.catch(codeOf);
    await settle();
    const { size } = await append(world, upload, {
      start: 0,
      end: CHUNK,
      total: CHUNK,
      body: arriving(file.subarray(0, CHUNK)),
    });
    body.give(file.subarray(CHUNK, 2 * CHUNK));
    body.end();
    expect(await refused).toBe("CHUNK_EXCEEDS_TOTAL");
    expect(await world.service.status(alice, upload.id)).toMatchObject({ size, offset: size });
  });
});

describe("a store that lost bytes during a write", () => {
  it("takes no more from those who wrote into what is gone", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, {
      filename: "a",
      size: 3 * CHUNK,
      chunkSize: CHUNK,
    });
    const half = await send(world, upload, { file, start: 0, end: CHUNK });
    const body = liveBody();
    const writing = append(world, upload, { start: CHUNK, end: 2 * CHUNK, body }).catch(codeOf);
    await settle();
    await world.store.remove(half);
    const noticed = send(world, upload, { file, start: 2 * CHUNK, end: 3 * CHUNK });
    expect(await noticed.catch(codeOf)).toBe("OFFSET_MISMATCH");
    body.give(file.subarray(CHUNK, 2 * CHUNK));
    body.end();
    expect(await writing).not.toMatchObject({ id: upload.id });
    expect(receivedRanges(await world.service.status(alice, upload.id))).toEqual([]);
  });

  it("forgets nothing that was sent anew since the loss was seen", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, {
      filename: "a",
      size: 3 * CHUNK,
      chunkSize: CHUNK,
    });
    const half = await send(world, upload, { file, start: 0, end: CHUNK });
    await world.store.remove(half);
    // Two chunks meet the loss; between the look of one and its word, the other has been answered
    // and the file is being sent again.
    once(world.store, "open", async (open) => {
      const seen = await open();
      const other = send(world, upload, { file, start: 2 * CHUNK, end: 3 * CHUNK });
      expect(await other.catch(codeOf)).toBe("OFFSET_MISMATCH");
      await send(world, upload, { file, start: 0, end: CHUNK });
      return seen;
    });
    const refused = await send(world, upload, { file, start: CHUNK, end: 2 * CHUNK }).catch(codeOf);
    expect(["OFFSET_MISMATCH", "BUSY"]).toContain(refused);
    expect(await world.service.status(alice, upload.id)).toMatchObject({ offset: CHUNK });
  });
});

describe("a digest beyond the received bytes", () => {
  it("begins again instead of being read for ever", async () => {
    const world = memoryCore();
    const file = fileOf(3 * CHUNK);
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    const half = await send(world, upload, { file, start: 0, end: 2 * CHUNK });
    await world.database.uploads.update(half, { offset: CHUNK });
    let updates = 0;
    const update = world.database.uploads.update;
    world.database.uploads.update = async (...args) => {
      updates += 1;
      if (updates > 50) throw new Error("it never ends");
      return update(...args);
    };
    await send(world, upload, { file, start: CHUNK, end: CHUNK + 10 });
    await settle();
    await send(world, upload, { file, start: CHUNK + 10, end: file.length });
    const done = await world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    expect(done).toMatchObject({ state: "complete", checksum: md5(file) });
  });
});
