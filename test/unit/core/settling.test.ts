import { beforeAll, describe, expect, it } from "vitest";
import { createDigests } from "../../../src/adapters/hash-wasm/digests.ts";
import { isUploadError } from "../../../src/core/errors.ts";
import type { AppendRequest } from "../../../src/core/requests.ts";
import type { Upload } from "../../../src/core/upload.ts";
import { liveBody, once, settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { codeOf, fileOf, md5, send } from "../../support/upload-run.ts";

type World = ReturnType<typeof memoryCore>;

const file = fileOf(10_000);

// The first digest of a process takes a moment to load, by the machine's clock.
beforeAll(async () => (await createDigests().start("md5")).release());

const begin = (world: World) =>
  world.service.init(alice, { filename: "a", size: file.length, origin: "tus" });

/** Sends a body as a tus client does, from `start` (0 when left out). */
function append(world: World, ask: Partial<AppendRequest> & { of: Upload; start?: number }) {
  const { of, start = 0, ...rest } = ask;
  return world.service.append(alice, {
    ...{ id: of.id, position: { start, end: null, total: undefined }, contentLength: null },
    body: null,
    ...{ signal: new AbortController().signal, sequential: true, byOffset: true, ...rest },
  });
}

/** What a client is told, with the time that it waited. */
async function told(world: World, { id }: Upload, most = 1_000) {
  const asked = world.clock.now().getTime();
  const answer = world.service.status(alice, id).then((upload) => ({
    offset: upload.offset,
    waited: world.clock.now().getTime() - asked,
  }));
  for (let waited = 0; waited < most; waited += 5) await world.clock.advance(5);
  return answer;
}

const held = async (world: World, { id }: Upload) =>
  (await world.database.uploads.find(id))?.offset;

describe("a request for the offset", () => {
  it("has a live writer commit what it received, which then goes on", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    const body = liveBody();
    const sent = append(world, { of: upload, body, completeWhenFull: true });
    body.give(file.subarray(0, 3_000));
    await settle();
    expect(await held(world, upload)).toBe(0);
    expect(await told(world, upload)).toEqual({ offset: 3_000, waited: expect.any(Number) });
    body.give(file.subarray(3_000));
    body.end();
    expect(await sent).toMatchObject({ state: "complete", checksum: md5(file) });
  });

  it("waits while bytes arrive, but for 250 ms at most", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    const body = liveBody();
    void append(world, { of: upload, body }).catch(() => {});
    await settle();
    const answer = told(world, upload, 0);
    for (let at = 0; at < 100; at += 1) {
      body.give(file.subarray(at * 100, at * 100 + 100));
      await world.clock.advance(5);
      await settle();
    }
    const { offset, waited } = await answer;
    expect(waited).toBeLessThanOrEqual(250);
    expect(offset).toBeGreaterThan(1_000);
    body.end();
  });

  it("is answered after 250 ms when the store does not come to an end", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    const body = liveBody();
    const { open } = world.store;
    world.store.open = async (stored, remember) => {
      const { writer, length } = await open(stored, remember);
      return { writer: Object.assign(writer, { flush: () => new Promise(() => {}) }), length };
    };
    void append(world, { of: upload, body }).catch(() => {});
    body.give(file.subarray(0, 3_000));
    await settle();
    expect(await told(world, upload)).toEqual({ offset: 0, waited: 250 });
  });

  it("does not wait for a writer that cannot commit before its end", async () => {
    for (const ask of [{ whole: true }, { digests: [{ algorithm: "md5", hex: md5(file) }] }]) {
      const world = memoryCore();
      const upload = await begin(world);
      const body = liveBody();
      const sent = append(world, { of: upload, body, ...ask });
      body.give(file.subarray(0, 3_000));
      await settle();
      expect(await told(world, upload, 0)).toEqual({ offset: 0, waited: 0 });
      body.give(file.subarray(3_000));
      body.end();
      expect((await sent).offset).toBe(file.length);
    }
  });

  it("by `complete` and `resumable` counts what live writers received, too", async () => {
    const world = memoryCore();
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    const body = liveBody();
    void append(world, { of: upload, body, byOffset: false }).catch(() => {});
    body.give(file.subarray(0, 3_000));
    await settle();
    const ask = { filename: "a", size: file.length };
    const found = world.service.resumable(alice, ask);
    await world.clock.advance(250);
    expect((await found).map(({ offset }) => offset)).toEqual([3_000]);
    body.give(file.subarray(3_000, 4_000));
    await settle();
    const completing = world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    const refused = completing.catch((error: unknown) => error);
    await world.clock.advance(250);
    const refusal = await refused;
    expect(isUploadError(refusal) && refusal.details.missing).toEqual([[4_000, 10_000]]);
  });
});

describe("a takeover", () => {
  it("lets the overtaken writer commit what it received, and goes on behind that", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    const [older, newer] = [liveBody(), liveBody()];
    const overtaken = append(world, { of: upload, body: older }).catch(codeOf);
    older.give(file.subarray(0, 3_000));
    await settle();
    const sent = append(world, { of: upload, body: newer, completeWhenFull: true });
    expect(await overtaken).toBe("BUSY");
    expect(await held(world, upload)).toBe(3_000);
    newer.give(file);
    newer.end();
    expect(await sent).toMatchObject({ state: "complete", checksum: md5(file) });
  });

  it("completes an upload of which the overtaken writer had every byte", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    const [older, newer] = [liveBody(), liveBody()];
    const overtaken = append(world, { of: upload, body: older, completeWhenFull: true }).catch(
      codeOf,
    );
    older.give(file);
    await settle();
    const sent = append(world, { of: upload, body: newer, completeWhenFull: true });
    expect(await overtaken).toBe("BUSY");
    newer.give(file);
    newer.end();
    expect(await sent).toMatchObject({ state: "complete", checksum: md5(file) });
  });

  it("does not keep what counts as a whole only", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    const [older, newer] = [liveBody(), liveBody()];
    const overtaken = append(world, { of: upload, body: older, whole: true }).catch(codeOf);
    older.give(file.subarray(0, 3_000));
    await settle();
    const sent = append(world, { of: upload, body: newer });
    expect(await overtaken).toBe("BUSY");
    expect(await held(world, upload)).toBe(0);
    newer.give(file);
    newer.end();
    expect((await sent).offset).toBe(file.length);
  });

  it("refuses a newer body that starts where the upload never stood", async () => {
    const world = memoryCore();
    const upload = await begin(world);
    await send(world, upload, { file, start: 0, end: 1_000 });
    const older = liveBody();
    const first = append(world, { of: upload, body: older, start: 1_000 });
    older.give(file.subarray(1_000, 3_000));
    await settle();
    for (const start of [0, 999, 3_000]) {
      const refused = await append(world, { of: upload, body: liveBody(), start }).catch(
        (error) => error,
      );
      expect([codeOf(refused), refused.details.expected_offset]).toEqual([
        "OFFSET_MISMATCH",
        1_000,
      ]);
    }
    older.end();
    expect((await first).offset).toBe(3_000);
  });
});

it("a failed commit on request ends the body, and nothing is counted twice", async () => {
  const world = memoryCore();
  const upload = await begin(world);
  const body = liveBody();
  const sent = append(world, { of: upload, body }).catch((error: unknown) => error);
  body.give(file.subarray(0, 3_000));
  await settle();
  once(world.database.uploads, "update", async () => {
    throw new Error("The database is away.");
  });
  expect((await told(world, upload)).offset).toBe(0);
  body.give(file.subarray(3_000));
  body.end();
  expect(await sent).toMatchObject({ message: "The database is away." });
  expect(await held(world, upload)).toBe(0);
});
