import { describe, expect, it } from "vitest";
import type { Events, UploadEvent } from "../../src/core/ports/events.ts";
import type { Upload } from "../../src/core/upload.ts";

function upload(offset: number): Upload {
  const at = new Date("2026-03-04T05:06:07Z");
  return {
    id: "3e6a1c1e-0000-4000-8000-000000000000",
    ownerId: "owner",
    origin: "api",
    profile: "default",
    filename: "film.mkv",
    path: null,
    contentType: null,
    metadata: {},
    size: 1_000_000,
    maxBytes: null,
    chunkSize: 65_536,
    offset,
    beyond: [],
    checksumAlgorithm: "md5",
    digestState: null,
    digestOffset: 0,
    checksum: null,
    storageKey: "key",
    storeState: null,
    state: "uploading",
    finished: false,
    completion: null,
    completionError: null,
    result: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    expiresAt: at,
    concat: null,
    parts: null,
    finalId: null,
    uploadMetadata: null,
    uploadConcat: null,
    completedAt: null,
  };
}

const progress = (offset: number): UploadEvent => ({ type: "progress", upload: upload(offset) });
const completed: UploadEvent = { type: "completed", upload: upload(7) };

/** Reads events up to `last`. */
async function takeUntil(events: AsyncIterable<UploadEvent>, last: UploadEvent["type"]) {
  const taken: UploadEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (event.type === last) break;
  }
  return taken;
}

function offsetOf({ upload }: UploadEvent): number {
  return "offset" in upload ? upload.offset : Number.NaN;
}

export function eventsContract(name: string, create: () => Events): void {
  describe(`${name}`, () => {
    it("delivers the events since its subscription to every reader, in order", async () => {
      const events = create();
      const { signal } = new AbortController();
      events.emit(progress(1));
      const early = events.subscribe(signal);
      events.emit(progress(2));
      const late = events.subscribe(signal);
      events.emit(progress(3));
      events.emit(completed);
      const offsets = async (reader: AsyncIterable<UploadEvent>) =>
        (await takeUntil(reader, "completed")).map(offsetOf);
      expect(await offsets(early)).toEqual([2, 3, 7]);
      expect(await offsets(late)).toEqual([3, 7]);
    });

    it("wakes a waiting reader", async () => {
      const events = create();
      const reader = events.subscribe(new AbortController().signal);
      const taken = takeUntil(reader, "completed");
      await new Promise((resolve) => setImmediate(resolve));
      events.emit(completed);
      expect(await taken).toEqual([completed]);
    });

    it("drops only the oldest progress events of a slow reader", async () => {
      const events = create();
      const reader = events.subscribe(new AbortController().signal);
      events.emit({ type: "created", upload: upload(0) });
      for (let offset = 1; offset <= 20_000; offset++) events.emit(progress(offset));
      events.emit(completed);
      const taken = await takeUntil(reader, "completed");
      expect(taken[0]?.type).toBe("created");
      expect(taken.length).toBeLessThan(5_000);
      expect(taken.slice(-2).map(offsetOf)[0]).toBe(20_000);
      const offsets = taken.map(offsetOf).slice(0, -1);
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    });

    it("ends when its signal aborts: while waiting, with queued events, or never read", async () => {
      const events = create();
      const controller = new AbortController();
      const waiting = takeUntil(events.subscribe(controller.signal), "completed");
      const unread = events.subscribe(controller.signal);
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      events.emit(completed);
      expect(await waiting).toEqual([]);
      expect(await takeUntil(unread, "completed")).toEqual([]);
      expect(await takeUntil(events.subscribe(controller.signal), "completed")).toEqual([]);
    });

    it("forgets a reader that leaves", async () => {
      const events = create();
      const controller = new AbortController();
      const reader = events.subscribe(controller.signal);
      events.emit(completed);
      expect(await takeUntil(reader, "completed")).toHaveLength(1);
      events.emit(completed);
      expect(await takeUntil(reader, "completed")).toEqual([]);
    });
  });
}
