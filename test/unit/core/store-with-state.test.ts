import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { UploadEvent } from "../../../src/core/ports/events.ts";
import type { ByteRange } from "../../../src/core/ranges.ts";
import type { Upload } from "../../../src/core/upload.ts";
import { Bucket } from "../../support/bucket/bucket.ts";
import { readState } from "../../support/bucket/bucket-state.ts";
import { createBucketStore } from "../../support/bucket/bucket-store.ts";
import { alice, arriving, memoryCore } from "../../support/memory-core.ts";

const PART = 64 * 1024;
const file = randomBytes(4 * PART);
const checksum = createHash("md5").update(file).digest("hex");

type World = ReturnType<typeof world>;

/** A core over a store that keeps its state in the record. `before` runs before each of its requests. */
function world(options: { before?: (name: string) => Promise<void>; isShared?: boolean } = {}) {
  const bucket = new Bucket();
  const { before, isShared = false } = options;
  const store = createBucketStore({ bucket, partBytes: PART, ...(before && { before }) });
  return { ...memoryCore({ store, isShared }), bucket };
}

function begin({ service }: World, size: number | null = file.length): Promise<Upload> {
  return service.init(alice, { filename: "a.bin", size, chunkSize: PART });
}

function send(
  { service }: World,
  { id }: Upload,
  { start, end, step = 10_000 }: ByteRange & { step?: number },
): Promise<Upload> {
  const position = { start, end, total: file.length };
  const body = arriving(file.subarray(start, end), { step });
  const signal = new AbortController().signal;
  return service.append(alice, { id, position, contentLength: end - start, body, signal });
}

const chunks = [0, 1, 2, 3].map((at) => ({ start: at * PART, end: (at + 1) * PART }));

function complete({ service }: World, { id }: Upload): Promise<Upload> {
  return service.complete(alice, { id, checksum });
}

async function collect({ events }: World): Promise<UploadEvent[]> {
  const seen: UploadEvent[] = [];
  const watch = async () => {
    for await (const event of events.subscribe(new AbortController().signal)) seen.push(event);
  };
  void watch();
  return seen;
}

/** Whether the object of a completed upload is the file. */
const isStored = ({ bucket }: World, upload: Upload) =>
  bucket.objects.get(upload.storageKey)?.bytes.equals(file);

describe.each([false, true])("a store with state (several instances: %s)", (isShared) => {
  it("remembers the parts of chunks that arrive at the same time", async () => {
    const app = world({ isShared });
    const upload = await begin(app);
    await Promise.all(chunks.map((chunk) => send(app, upload, chunk)));
    const { storeState } = await app.service.status(alice, upload.id);
    expect(readState(storeState).pieces).toHaveLength(4);
    const completed = await complete(app, upload);
    expect(completed).toMatchObject({ state: "complete", finished: true, checksum });
    expect(isStored(app, completed)).toBe(true);
  });

  it("agrees on one multipart upload when two lanes open it at once", async () => {
    let waiting = 2;
    let go = () => {};
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const before = async (name: string) => {
      if (name !== "create multipart") return;
      waiting -= 1;
      if (waiting === 0) go();
      await both;
    };
    const app = world({ before, isShared });
    const upload = await begin(app);
    await Promise.all([
      send(app, upload, chunks[0] as ByteRange),
      send(app, upload, chunks[1] as ByteRange),
    ]);
    const { storeState } = await app.service.status(alice, upload.id);
    expect([...app.bucket.multiparts.keys()]).toEqual([readState(storeState).multipart]);
    expect(readState(storeState).pieces).toHaveLength(2);
  });

  it("takes bytes that another lane adds while a lane opens it for no loss", async () => {
    let isFirst = true;
    let go = () => {};
    const added = new Promise<void>((resolve) => {
      go = resolve;
    });
    const before = async (name: string) => {
      if (name !== "create multipart" || !isFirst) return;
      isFirst = false;
      await added;
    };
    const app = world({ before, isShared });
    const upload = await begin(app);
    const slow = send(app, upload, chunks[0] as ByteRange);
    await send(app, upload, chunks[1] as ByteRange);
    go();
    expect(await slow).toMatchObject({ offset: 2 * PART });
  });

  it("starts with a fresh state after it lost everything, and takes the file again", async () => {
    const app = world({ isShared });
    const seen = await collect(app);
    const upload = await begin(app);
    const old = await send(app, upload, { start: 0, end: 3 * PART });
    app.bucket.multiparts.clear();
    const lost = send(app, upload, chunks[3] as ByteRange);
    await expect(lost).rejects.toMatchObject({
      code: "OFFSET_MISMATCH",
      details: { expected_offset: 0 },
    });
    const reset = await app.service.status(alice, upload.id);
    expect(reset).toMatchObject({ offset: 0, beyond: [], digestOffset: 0, digestState: null });
    expect(readState(reset.storeState)).toEqual({ multipart: null, pieces: [] });
    expect(seen.filter(({ type }) => type === "reset")).toMatchObject([{ lostFrom: 0 }]);
    await send(app, upload, { start: 0, end: file.length });
    const completed = await complete(app, upload);
    expect(readState(completed.storeState).multipart).not.toBe(readState(old.storeState).multipart);
    expect(isStored(app, completed)).toBe(true);
  });

  it("cuts a part that the bucket does not have at the end, and takes it again", async () => {
    const app = world({ isShared });
    const seen = await collect(app);
    const upload = await begin(app);
    const full = await send(app, upload, { start: 0, end: file.length });
    app.bucket.lose(readState(full.storeState).pieces[1]?.tag ?? "");
    await expect(complete(app, upload)).rejects.toMatchObject({
      code: "INCOMPLETE",
      details: { missing: [[PART, 2 * PART]] },
    });
    const cut = await app.service.status(alice, upload.id);
    expect(cut).toMatchObject({ offset: PART, beyond: [{ start: 2 * PART, end: 4 * PART }] });
    expect(cut.digestOffset).toBeLessThanOrEqual(cut.offset);
    expect(seen.filter(({ type }) => type === "reset")).toMatchObject([{ lostFrom: PART }]);
    await send(app, upload, chunks[1] as ByteRange);
    expect(isStored(app, await complete(app, upload))).toBe(true);
  });

  it("completes although requests that complete it too void its claims all the time", async () => {
    const app = world({ isShared });
    const upload = await begin(app);
    await send(app, upload, { start: 0, end: file.length });
    const { finish } = app.store;
    let rounds = 0;
    app.store.finish = async (stored) => {
      rounds += 1;
      if (rounds > 5) throw new Error("it begins again and again");
      await finish(stored);
      await app.database.claims.voidAll(stored.id);
    };
    expect(await complete(app, upload)).toMatchObject({ state: "complete", checksum });
  });

  it("counts nothing that was written to a state which a reset has replaced", async () => {
    const app = world({ isShared });
    const upload = await begin(app);
    await send(app, upload, chunks[0] as ByteRange);
    let isReset = false;
    const body = async function* () {
      yield file.subarray(PART, PART + 10_000);
      const record = await app.database.uploads.find(upload.id);
      if (record === null) throw new Error("no record");
      const { storeState } = app.store.place(record);
      isReset = (await app.database.uploads.update(record, { offset: 0, storeState })) !== null;
      yield file.subarray(PART + 10_000, 2 * PART);
    };
    const position = { start: PART, end: 2 * PART, total: file.length };
    const signal = new AbortController().signal;
    const sent = app.service.append(alice, {
      id: upload.id,
      position,
      contentLength: PART,
      body: body(),
      signal,
    });
    await expect(sent).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(isReset).toBe(true);
    expect(await app.service.status(alice, upload.id)).toMatchObject({ offset: 0, beyond: [] });
  });
});

describe("a staged body and a store with parts", () => {
  it("commits at the ends of the store's parts, wherever the body starts and however it is cut", async () => {
    for (const step of [1_000, PART - 1, PART, 3 * PART]) {
      const app = world();
      const upload = await begin(app);
      await send(app, upload, { start: 0, end: 1_000 });
      const seen = await collect(app);
      await send(app, upload, { start: 1_000, end: file.length, step });
      const offsets = seen.flatMap((event) =>
        event.type === "progress" ? event.upload.offset : [],
      );
      expect(offsets).toEqual([PART, 2 * PART, 3 * PART, 4 * PART]);
    }
  });

  it("stores a small chunk once, reads it once, and removes it after the commit", async () => {
    const app = world();
    const upload = await begin(app);
    for (let at = 0; at < file.length; at += PART / 4)
      await send(app, upload, { start: at, end: at + PART / 4 });
    expect(app.bucket.traffic).toEqual({ written: 2 * file.length, read: file.length });
    expect([...app.bucket.objects.keys()]).toEqual([]);
    expect(isStored(app, await complete(app, upload))).toBe(true);
  });

  it("counts a commit although the store could not free what it made superfluous", async () => {
    const before = async (name: string) => {
      if (name === "delete small") throw new Error("simulated");
    };
    const app = world({ before });
    const upload = await begin(app);
    for (const at of [0, PART / 2]) await send(app, upload, { start: at, end: at + PART / 2 });
    expect(await app.service.status(alice, upload.id)).toMatchObject({ offset: PART });
    expect(app.bucket.objects.size).toBe(2);
  });
});

describe("a store that reads nothing unfinished", () => {
  it("reads back what went past the digest once every byte is held", async () => {
    const reads: string[] = [];
    const app = world({ before: async (name) => void reads.push(name) });
    const upload = await begin(app);
    for (const chunk of [chunks[1], chunks[0], chunks[3]])
      await send(app, upload, chunk as ByteRange);
    expect(reads).not.toContain("get object");
    await send(app, upload, chunks[2] as ByteRange);
    expect(isStored(app, await complete(app, upload))).toBe(true);
  });

  it("completes an upload of a length that was left open, whose digest is behind", async () => {
    const app = world();
    const upload = await begin(app, null);
    const signal = new AbortController().signal;
    for (const { start, end } of [chunks[1], chunks[0], chunks[2], chunks[3]] as ByteRange[]) {
      const body = arriving(file.subarray(start, end));
      const position = { start, end, total: null };
      await app.service.append(alice, {
        id: upload.id,
        position,
        contentLength: PART,
        body,
        signal,
      });
    }
    const completed = await complete(app, upload);
    expect(completed).toMatchObject({ size: file.length, checksum, finished: true });
  });

  it("completes after a crash between the object and the mark", async () => {
    const app = world();
    const upload = await begin(app);
    await send(app, upload, { start: 0, end: file.length });
    const { update } = app.database.uploads;
    app.database.uploads.update = async (record, changes, guard) => {
      if (changes.state === "complete") throw new Error("the process is gone");
      return update(record, changes, guard);
    };
    await expect(complete(app, upload)).rejects.toThrow("gone");
    expect(app.bucket.multiparts.size).toBe(0);
    app.database.uploads.update = update;
    expect(await complete(app, upload)).toMatchObject({ state: "complete", finished: true });
  });
});

describe("the search for orphans in a store with state", () => {
  it("removes what no record accounts for, and leaves what is under way", async () => {
    const app = world();
    const upload = await begin(app);
    await send(app, upload, { start: 0, end: PART + 1_000 });
    app.bucket.createMultipart(upload.storageKey, new Date(0));
    app.bucket.put(`${upload.storageKey}/t999`, Buffer.from("left by a crash"), new Date(0));
    const { files } = await app.administration.sweep({ orphans: true });
    expect(files).toBe(2);
    await send(app, upload, { start: PART + 1_000, end: file.length });
    expect(isStored(app, await complete(app, upload))).toBe(true);
    expect([...app.bucket.objects.keys()]).toEqual([upload.storageKey]);
  });
});
