import { describe, expect, it } from "vitest";
import type { Upload } from "../../../src/client/upload.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob, until } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

/** Uploads a part of `file` in a tab that is then closed. */
async function interrupted(server: FakeServer, browser: FakeBrowser, file: File): Promise<void> {
  const upload = new FakeTab(server, browser, { parallel: 1 }).client.upload(file);
  server.onPut = () => {
    if (server.count("put") === 4) upload.pause();
  };
  await until(upload, ({ phase }) => phase === "paused");
  await new Promise((resolve) => setImmediate(resolve));
  server.onPut = () => undefined;
}

describe("the same file in a new page", () => {
  it("continues where it stopped", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const file = fileOf(1_000);
    await interrupted(server, browser, file);
    const upload = new FakeTab(server, browser).client.upload(fileOf(1_000));
    await upload.done;
    expect(upload.snapshot().resumedFrom).toBe(300);
    expect(server.sent).toHaveLength(10);
    expect(server.only().bytes).toEqual(await readBlob(file));
    expect(browser.stored.size).toBe(0);
  });

  it("continues in a browser without a record of the upload", async () => {
    const server = new FakeServer();
    const file = fileOf(1_000);
    await interrupted(server, new FakeBrowser(), file);
    await new FakeTab(server).client.upload(fileOf(1_000)).done;
    expect(server.sent).toHaveLength(10);
    expect(server.count("init")).toBe(1);
    expect(server.only().status).toBe("complete");
  });

  it("is searched with one request for many files", async () => {
    const server = new FakeServer();
    const file = fileOf(1_000);
    await interrupted(server, new FakeBrowser(), file);
    const { client } = new FakeTab(server);
    const others = Array.from({ length: 40 }, (_, at) => fileOf(50 + at, at, `other-${at}`));
    const before = server.count("list") + server.count("resumable");
    await Promise.all([...others, fileOf(1_000)].map((each) => client.upload(each).done));
    // One list for all, and one search for the file that may exist.
    expect(server.count("list") + server.count("resumable") - before).toBe(2);
    expect(server.count("init")).toBe(41);
    expect(server.sent.filter(({ end }) => end > 100)).toHaveLength(9);
  });

  it("is searched by itself when the list of unfinished uploads is incomplete", async () => {
    const server = new FakeServer();
    const file = fileOf(1_000);
    await interrupted(server, new FakeBrowser(), file);
    server.listsAll = false;
    await new FakeTab(server).client.upload(fileOf(1_000)).done;
    expect(server.count("init")).toBe(1);
  });

  it("is searched by the filename that the server stores", async () => {
    const server = new FakeServer();
    server.plant("e\u0301tude.bin".normalize("NFC"), 300, {
      start: 0,
      bytes: (await readBlob(fileOf(300))).subarray(0, 100),
    });
    await new FakeTab(server).client.upload(fileOf(300, 7, "a/e\u0301tude.bin")).done;
    expect(server.count("init")).toBe(0);
  });

  it("does not continue an upload of another profile", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    await interrupted(server, browser, fileOf(1_000));
    const other = new FakeTab(server, browser).client;
    const { id, profile } = await other.upload(fileOf(1_000), { profile: "image" }).done;
    expect(profile).toBe("image");
    // The upload of the first profile can still be continued.
    const again = await new FakeTab(server).client.upload(fileOf(1_000)).done;
    expect(again.id).not.toBe(id);
    expect(server.count("init")).toBe(2);
  });

  for (const memory of ["a browser that remembers it", "another one"]) {
    it(`does not continue an upload with other metadata, in ${memory}`, async () => {
      const server = new FakeServer();
      const browser = new FakeBrowser();
      await interrupted(server, browser, fileOf(1_000));
      const there = memory === "another one" ? new FakeBrowser() : browser;
      const { client } = new FakeTab(server, there);
      const ask = { metadata: { album: "7", shelf: "b" } };
      const { metadata } = await client.upload(fileOf(1_000), ask).done;
      expect(metadata).toEqual(ask.metadata);
      expect(server.count("init")).toBe(2);
    });
  }

  it("continues an upload with equal metadata in any order of keys", async () => {
    const server = new FakeServer();
    const bytes = (await readBlob(fileOf(300))).subarray(0, 100);
    const id = server.plant("film.bin", 300, { start: 0, bytes });
    Object.assign(server.uploads.get(id) ?? {}, { metadata: { shelf: "b", album: "7" } });
    const ask = { metadata: { album: "7", shelf: "b" } };
    expect((await new FakeTab(server).client.upload(fileOf(300), ask).done).id).toBe(id);
  });

  it("does not continue an upload with another name", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    await interrupted(server, browser, fileOf(1_000));
    const { client } = new FakeTab(server, browser);
    const ask = { filename: "other.bin", path: "film.bin" };
    expect((await client.upload(fileOf(1_000), ask).done).filename).toBe("other.bin");
  });

  it("is verified by reading only the part that the server holds", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    await interrupted(server, browser, fileOf(1_000));
    const tab = new FakeTab(server, browser);
    await tab.client.upload(fileOf(1_000)).done;
    expect(tab.digests).toEqual([{ length: 300 }, { length: 1_000 }]);
  });

  it("becomes a new upload when only its name and size are equal", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    await interrupted(server, browser, fileOf(1_000, 7));
    const other = fileOf(1_000, 8);
    const view = await new FakeTab(server, browser).client.upload(other).done;
    expect(server.uploads.size).toBe(2);
    expect(server.uploads.get(view.id)?.bytes).toEqual(await readBlob(other));
  });

  it("becomes a new upload when the old one is gone or expired", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    await interrupted(server, browser, fileOf(1_000));
    for (const held of server.uploads.values()) held.status = "expired";
    await new FakeTab(server, browser).client.upload(fileOf(1_000)).done;
    expect(server.count("init")).toBe(2);
  });

  it("is done at once when only the last response was lost", async () => {
    const server = new FakeServer();
    const file = fileOf(300);
    const browser = new FakeBrowser();
    const first = new FakeTab(server, browser);
    const { id } = await first.client.upload(file).done;
    browser.stored.set(first.client.fingerprint(file), id);
    const sent = server.sent.length;
    expect((await new FakeTab(server, browser).client.upload(fileOf(300)).done).id).toBe(id);
    expect(server.sent).toHaveLength(sent);
  });

  it("starts again once when the upload holds bytes of another file after the verified part", async () => {
    const server = new FakeServer();
    const file = fileOf(1_000);
    const bytes = await readBlob(file);
    const id = server.plant("film.bin", 1_000, { start: 0, bytes: bytes.slice(0, 100) });
    const held = server.uploads.get(id);
    held?.ranges.push({ start: 500, end: 600 });
    const view = await new FakeTab(server).client.upload(file).done;
    expect(view.id).not.toBe(id);
    expect(server.only().bytes).toEqual(bytes);
  });

  it("does not continue an upload that cannot be verified", async () => {
    const server = new FakeServer();
    const file = fileOf(1_000);
    const id = server.plant("film.bin", 1_000, { start: 500, bytes: new Uint8Array(100) });
    const view = await new FakeTab(server).client.upload(file).done;
    expect(view.id).not.toBe(id);
  });
});

describe("two tabs", () => {
  it("send the same file once: the second waits and completes with the first", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const first = new FakeTab(server, browser).client.upload(fileOf(1_000));
    await until(first, ({ acknowledged }) => acknowledged > 0);
    const second = new FakeTab(server, browser).client.upload(fileOf(1_000));
    await until(second, ({ hold }) => hold === "other-tab");
    const { id } = await first.done;
    expect((await second.done).id).toBe(id);
    expect(server.sent).toHaveLength(10);
  });

  it("send two files that have the same fingerprint", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const first = new FakeTab(server, browser).client.upload(fileOf(1_000, 1));
    await until(first, ({ acknowledged }) => acknowledged > 0);
    const second = new FakeTab(server, browser).client.upload(fileOf(1_000, 2));
    await until(second, ({ hold }) => hold === "other-tab");
    const { id } = await first.done;
    expect((await second.done).id).not.toBe(id);
    expect(server.sent).toHaveLength(20);
  });

  it("share an upload: the second continues where the first was paused", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const first = new FakeTab(server, browser, { parallel: 1 }).client.upload(fileOf(1_000));
    server.onPut = () => {
      if (server.count("put") === 4) first.pause();
    };
    await until(first, ({ phase }) => phase === "paused");
    const { id } = await new FakeTab(server, browser).client.upload(fileOf(1_000)).done;
    first.resume();
    expect((await first.done).id).toBe(id);
    expect(server.sent).toHaveLength(10);
  });
});

describe("one tab", () => {
  it("sends a file once that is added twice, even if it completes quickly", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    const twice = [client.upload(fileOf(1_000)).done, client.upload(fileOf(1_000)).done];
    const [first, second] = await Promise.all(twice);
    expect(second?.id).toBe(first?.id);
    expect(server.count("init")).toBe(1);
    expect(server.sent).toHaveLength(10);
  });
});

describe("files that share name and size", () => {
  it("do not mix their bytes", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    const files = [fileOf(500, 1), fileOf(500, 2), fileOf(500, 3)];
    const views = await Promise.all(
      files.map((file, index) => client.upload(file, { path: `${index}/film.bin` }).done),
    );
    for (const [index, view] of views.entries()) {
      const file = files[index];
      expect(file).toBeDefined();
      if (file !== undefined)
        expect(server.uploads.get(view.id)?.bytes).toEqual(await readBlob(file));
    }
  });

  it("do not mix their bytes on two machines that start at the same time", async () => {
    const server = new FakeServer();
    const files = [fileOf(500, 1), fileOf(500, 2)] as const;
    let second: Upload | null = null;
    server.onPut = async () => {
      second ??= new FakeTab(server).client.upload(files[1]);
      await until(second, ({ acknowledged, phase }) => acknowledged > 0 || phase === "uploading");
    };
    const first = new FakeTab(server).client.upload(files[0]);
    await until(first, ({ acknowledged }) => acknowledged > 0);
    const views = [await first.done, await (second as Upload | null)?.done];
    for (const [index, view] of views.entries()) {
      const bytes = server.uploads.get(view?.id ?? "")?.bytes;
      expect(bytes).toEqual(await readBlob(files[index] ?? fileOf(0)));
    }
  });
});
