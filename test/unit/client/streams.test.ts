import { describe, expect, it } from "vitest";
import { UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob, until } from "./fake-runtime.ts";
import { FakeServer, md5 } from "./fake-server.ts";

/** A stream of `bytes` in pieces of odd lengths, and how much of it was read. */
function streamOf(bytes: Uint8Array, piece = 37) {
  const seen = { taken: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.taken >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(seen.taken, seen.taken + piece));
        seen.taken += piece;
      },
      cancel: () => {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

const cut = (arrived?: number) => ({
  when: "before" as const,
  failure: new UploadFailure("NETWORK"),
  ...(arrived === undefined ? {} : { arrived }),
});

describe("a stream of unknown length", () => {
  it("arrives whole, chunk by chunk; the last one carries its length", async () => {
    const server = new FakeServer();
    const bytes = await readBlob(fileOf(450));
    const totals: (number | null)[] = [];
    server.onPut = ({ total }) => void totals.push(total);
    const upload = new FakeTab(server).client.upload(streamOf(bytes).stream, { filename: "s" });
    expect(upload.snapshot().size).toBeNull();
    expect((await upload.done).checksum).toBe(md5(bytes));
    expect(totals).toEqual([null, null, null, null, 450]);
    expect(server.only().bytes).toEqual(bytes);
    expect(upload.snapshot()).toMatchObject({ size: 450, sent: 450, acknowledged: 450 });
  });

  it("does not wait for another stream with the same name", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    const endless = client.upload(new ReadableStream<Uint8Array>(), { filename: "s" });
    await until(endless, ({ phase }) => phase === "uploading");
    const { stream } = streamOf(new Uint8Array(120));
    await client.upload(stream, { filename: "s" }).done;
    await endless.abort();
  });

  it("completes without any bytes", async () => {
    const server = new FakeServer();
    const { stream } = streamOf(new Uint8Array(0));
    expect((await new FakeTab(server).client.upload(stream).done).size).toBe(0);
  });

  it("is buffered one chunk at a time", async () => {
    const server = new FakeServer();
    const bytes = await readBlob(fileOf(2_000));
    const { stream, seen } = streamOf(bytes, 10);
    let most = 0;
    server.onPut = ({ start }) => {
      most = Math.max(most, seen.taken - start);
    };
    await new FakeTab(server).client.upload(stream).done;
    expect(most).toBeLessThanOrEqual(110);
  });

  it("survives cut connections: the missing part of the chunk is sent again", async () => {
    const server = new FakeServer();
    const bytes = await readBlob(fileOf(350));
    server.faults = (call, count) => {
      if (call === "put" && count === 2) return cut(40);
      return call === "put" && count === 4 ? cut() : null;
    };
    await new FakeTab(server).client.upload(streamOf(bytes).stream).done;
    expect(server.only().bytes).toEqual(bytes);
    expect(server.sent.map(({ start, end }) => [start, end])).toEqual([
      [0, 100],
      [100, 140],
      [140, 200],
      [200, 300],
      [300, 350],
    ]);
  });

  it("continues after a pause", async () => {
    const server = new FakeServer();
    const bytes = await readBlob(fileOf(600));
    const upload = new FakeTab(server).client.upload(streamOf(bytes).stream);
    server.onPut = ({ start }) => {
      if (start === 300 && server.count("put") === 4) upload.pause();
    };
    await until(upload, ({ phase }) => phase === "paused");
    upload.resume();
    await upload.done;
    expect(server.only().bytes).toEqual(bytes);
  });

  it("continues after its end was sent, after a pause or a failure", async () => {
    for (const fails of [false, true]) {
      const server = new FakeServer();
      const bytes = await readBlob(fileOf(250));
      const upload = new FakeTab(server).client.upload(streamOf(bytes).stream);
      server.faults = (call) => {
        if (call !== "complete") return null;
        server.faults = () => null;
        if (!fails) upload.pause();
        return { when: "before", failure: new UploadFailure("QUOTA_EXCEEDED") };
      };
      await until(upload, ({ phase }) => phase === (fails ? "failed" : "paused"));
      upload.resume();
      await upload.done;
      expect(server.only().bytes).toEqual(bytes);
      expect(server.count("put")).toBe(3);
    }
  });

  it("fails with NOT_REPEATABLE when the server lost acknowledged bytes", async () => {
    const server = new FakeServer();
    const bytes = await readBlob(fileOf(600));
    server.faults = (call, count) => {
      const held = [...server.uploads.values()][0];
      if (call !== "put" || count !== 4 || held === undefined) return null;
      held.ranges = [{ start: 0, end: 100 }];
      return cut();
    };
    const { done } = new FakeTab(server).client.upload(streamOf(bytes).stream);
    await expect(done).rejects.toMatchObject({ code: "NOT_REPEATABLE" });
  });

  it("fails its upload when it fails; a cancellation closes it", async () => {
    const server = new FakeServer();
    const broken = new ReadableStream<Uint8Array>({
      pull: () => Promise.reject(new Error("gone")),
    });
    const failed = new FakeTab(server).client.upload(broken);
    await expect(failed.done).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    const { stream, seen } = streamOf(await readBlob(fileOf(1_000)));
    const upload = new FakeTab(server).client.upload(stream);
    server.onPut = () => {
      if (server.count("put") === 3) void upload.abort();
    };
    await until(upload, ({ phase }) => phase === "cancelled");
    await upload.abort();
    await expect(upload.done).rejects.toMatchObject({ code: "ABORTED" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.cancelled).toBe(true);
  });

  it("is neither remembered nor searched", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const upload = new FakeTab(server, browser).client.upload(streamOf(new Uint8Array(300)).stream);
    await until(upload, ({ acknowledged }) => acknowledged > 0);
    expect(browser.stored.size).toBe(0);
    await upload.done;
    expect([server.count("list"), server.count("resumable")]).toEqual([0, 0]);
  });
});

describe("an upload that was created elsewhere", () => {
  it("continues at its offset: nothing is created, searched or remembered", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const bytes = await readBlob(fileOf(500));
    const id = server.plant("theirs", 500, { start: 0, bytes: bytes.slice(0, 200) });
    const upload = new FakeTab(server, browser).client.upload(fileOf(500), { uploadId: id });
    expect((await upload.done).id).toBe(id);
    expect(server.sent).toHaveLength(3);
    expect([server.count("init"), server.count("list")]).toEqual([0, 0]);
    expect(browser.stored.size).toBe(0);
  });

  it("continues with a stream after the part that the server holds, which is verified by reading it", async () => {
    const server = new FakeServer();
    const bytes = await readBlob(fileOf(500));
    const id = server.plant("theirs", 500, { start: 0, bytes: bytes.slice(0, 210) });
    const { stream } = streamOf(bytes);
    await new FakeTab(server).client.upload(stream, { uploadId: id }).done;
    expect(server.only().bytes).toEqual(bytes);
    expect(server.sent[0]?.start).toBe(210);
  });

  it.each(["file", "stream"])("refuses another %s and stays unchanged", async (kind) => {
    const server = new FakeServer();
    const id = server.plant("theirs", 500, { start: 0, bytes: new Uint8Array(200) });
    const file = fileOf(500);
    const source = kind === "file" ? file : streamOf(await readBlob(file)).stream;
    const upload = new FakeTab(server).client.upload(source, { uploadId: id });
    await expect(upload.done).rejects.toMatchObject({ code: "DIFFERENT_FILE" });
    expect(server.count("put")).toBe(0);
    expect(server.only().status).toBe("uploading");
  });

  it("is not created again when it is gone or expired", async () => {
    const server = new FakeServer();
    const id = server.plant("theirs", 500, { start: 0, bytes: new Uint8Array(0) });
    const { client } = new FakeTab(server);
    for (const held of server.uploads.values()) held.status = "expired";
    const expired = client.upload(fileOf(500), { uploadId: id });
    await expect(expired.done).rejects.toMatchObject({ code: "EXPIRED" });
    const gone = client.upload(fileOf(500), { uploadId: crypto.randomUUID() });
    await expect(gone.done).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(server.count("init")).toBe(0);
  });
});
