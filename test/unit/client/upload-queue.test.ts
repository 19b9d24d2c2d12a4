import { describe, expect, it } from "vitest";
import { UploadQueue } from "../../../src/client/upload-queue.ts";
import { FakeBrowser, FakeTab, fileOf } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

function queueOver(server: FakeServer, options: { maxFiles?: number } = {}): UploadQueue {
  return new UploadQueue(
    new FakeTab(server, new FakeBrowser(), options).client,
    (_ms, work) => void setImmediate(work),
  );
}

const files = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ file: fileOf(150, index, `${index}.bin`) }));

async function allDone(queue: UploadQueue): Promise<void> {
  await Promise.all(queue.snapshot.items.map(({ upload }) => upload.done));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

/** The largest number of files whose chunks are in flight at the same time when `queue` sends `entries`. */
async function mostAtOnce(
  entries: ReturnType<typeof files>,
  options: { maxFiles?: number; chunkSize?: number },
): Promise<number> {
  const server = new FakeServer(options.chunkSize);
  const under = new Set<string>();
  let most = 0;
  server.onPut = async ({ url }) => {
    under.add(url);
    most = Math.max(most, under.size);
    await new Promise((resolve) => setImmediate(resolve));
    under.delete(url);
  };
  const queue = queueOver(server, options);
  void queue.add(entries);
  await allDone(queue);
  return most;
}

describe("the queue", () => {
  it("sends at most `maxFiles` files at a time, small or large", async () => {
    expect(await mostAtOnce(files(12), { maxFiles: 2 })).toBe(2);
    expect(await mostAtOnce(files(12), { maxFiles: 1 })).toBe(1);
  });

  it("sends more small files than large ones at a time by default", async () => {
    const large = [1, 2, 3, 4, 5].map((at) => ({
      file: new File([new Uint8Array(2 ** 20 + 1)], `${at}`),
    }));
    // At most four chunks of all files at a time.
    expect(await mostAtOnce(files(12), {})).toBe(4);
    expect(await mostAtOnce(large, { chunkSize: 2 ** 20 })).toBe(3);
  });

  it("sends every file", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    void queue.add(files(20));
    await allDone(queue);
    expect(queue.snapshot.totals).toMatchObject({
      files: 20,
      done: 20,
      pending: 0,
      size: 3_000,
      sent: 3_000,
    });
  });

  it("calls onDone of the queue and of the entry for every upload that completes", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    const told: string[] = [];
    const leave = queue.onDone(({ filename }, { key }) => {
      told.push(`${key} ${filename}`);
    });
    const entries = files(2).map((entry, at) => ({
      ...entry,
      options: { onDone: () => told.push(`entry ${at}`) },
    }));
    void queue.add(entries);
    await allDone(queue);
    leave();
    void queue.add(files(3).slice(2));
    await allDone(queue);
    expect(told.sort()).toEqual(["1 0.bin", "2 1.bin", "entry 0", "entry 1"]);
  });

  it("continues an upload that was created elsewhere", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    const { id } = await server.api.init.mutate({ filename: "0.bin", size: 150 });
    void queue.add([{ file: fileOf(150, 0, "0.bin"), uploadId: id }]);
    await allDone(queue);
    expect(server.only()).toMatchObject({ id, status: "complete" });
  });

  it("resumes a file that is dropped again instead of sending it twice", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    void queue.add(files(1));
    queue.pauseAll();
    expect(queue.snapshot.items[0]?.upload.snapshot().phase).toBe("paused");
    void queue.add(files(1));
    expect(queue.snapshot.items).toHaveLength(1);
    await allDone(queue);
    expect(server.only().status).toBe("complete");
  });

  it("adds bytes in memory with the same fingerprint as separate files", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    const blobs = [1, 2].map((at) => ({ file: new Blob([new Uint8Array(150).fill(at)]) }));
    void queue.add(blobs);
    await allDone(queue);
    expect(queue.snapshot.totals).toMatchObject({ files: 2, done: 2 });
    expect([...server.uploads.values()].map(({ bytes }) => bytes[0]).sort()).toEqual([1, 2]);
  });

  it("pauses and resumes all", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    void queue.add(files(10));
    queue.pauseAll();
    queue.resumeAll();
    await allDone(queue);
    expect(queue.snapshot.totals.done).toBe(10);
  });

  it("adds files paused if they were selected before pauseAll, and only those", async () => {
    const queue = queueOver(new FakeServer());
    void queue.add(files(1));
    queue.pauseAll();
    await queue.add(files(3).slice(1), { keepsPause: true });
    const phases = () => queue.snapshot.items.map(({ upload }) => upload.snapshot().phase);
    expect(phases()).toEqual(["paused", "paused", "paused"]);
    // The same file again, selected before the pause: it does not continue.
    await queue.add(files(1), { keepsPause: true });
    expect(phases()).toEqual(["paused", "paused", "paused"]);
    await queue.add(files(1));
    expect(phases()[0]).not.toBe("paused");
  });

  it("shows at once that all are paused", () => {
    const queue = queueOver(new FakeServer());
    void queue.add(files(3));
    queue.pauseAll();
    expect(queue.snapshot.totals).toMatchObject({ paused: 3, pending: 0 });
    queue.resumeAll();
    expect(queue.snapshot.totals).toMatchObject({ paused: 0, pending: 3 });
  });

  it("cancels all files that are not done, including those still being added", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    void queue.add(files(1));
    await allDone(queue);
    server.onPut = () => new Promise(() => undefined);
    const added = queue.add(files(450).slice(1));
    const [done, ...open] = queue.snapshot.items;
    await queue.cancelAll();
    await added;
    expect(queue.snapshot.items).toEqual([done]);
    expect(queue.snapshot.totals).toMatchObject({ files: 1, done: 1, pending: 0 });
    expect(new Set(open.map(({ upload }) => upload.snapshot().phase))).toEqual(
      new Set(["cancelled"]),
    );
    // Files added afterwards are sent as usual.
    server.onPut = async () => undefined;
    await queue.add(files(3).slice(1));
    await allDone(queue);
    expect(queue.snapshot.totals).toMatchObject({ files: 3, done: 3 });
  });

  it("removes files from the list: unfinished ones are aborted, finished ones stay on the server", async () => {
    const server = new FakeServer();
    const queue = queueOver(server);
    void queue.add(files(2));
    const [first] = queue.snapshot.items;
    if (first !== undefined) await queue.remove(first.key);
    await allDone(queue);
    queue.clearDone();
    expect(queue.snapshot.items).toHaveLength(0);
    expect(server.only().status).toBe("complete");
  });
});
