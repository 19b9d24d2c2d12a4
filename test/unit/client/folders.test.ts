import { describe, expect, it } from "vitest";
import { UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

const paths = (server: FakeServer) => [...server.uploads.values()].map(({ path }) => path);

/** A file of a selected folder, as browsers provide it. */
function inFolder(file: File, path: string): File {
  Object.defineProperty(file, "webkitRelativePath", { value: path });
  return file;
}

describe("the relative path of a file", () => {
  it("is sent with the upload: the option, or the `webkitRelativePath` of the file", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    await client.upload(fileOf(10, 1, "a.txt"), { path: "photos/2026/a.txt" }).done;
    await client.upload(inFolder(fileOf(10, 2, "b.txt"), "photos/b.txt")).done;
    await client.upload(fileOf(10, 3, "c.txt")).done;
    await client.upload(fileOf(10, 4, "d.txt"), { path: "d.txt" }).done;
    expect(paths(server)).toEqual(["photos/2026/a.txt", "photos/b.txt", undefined, undefined]);
  });

  it("distinguishes unfinished uploads", async () => {
    const server = new FakeServer();
    const file = () => fileOf(300, 1, "a.txt");
    const bytes = (await readBlob(file())).subarray(0, 100);
    const id = server.plant("a.txt", 300, { start: 0, bytes, path: "one/a.txt" });
    const { client } = new FakeTab(server);
    expect((await client.upload(file(), { path: "two/a.txt" }).done).id).not.toBe(id);
    expect((await client.upload(file()).done).id).not.toBe(id);
    // The server stores it as one/a.txt.
    expect((await client.upload(file(), { path: "one/./a.txt" }).done).id).toBe(id);
    expect(paths(server)).toEqual(["one/a.txt", "two/a.txt", undefined]);
  });
});

describe("an existing upload of the same file", () => {
  it("is found by name, size, path and content", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    const path = "photos/a.txt";
    const { id } = await client.upload(fileOf(150, 1, "a.txt"), { path }).done;
    const found = await client.existing(fileOf(150, 1, "a.txt"), { path });
    expect(found).toMatchObject({ id, size: 150, fileUrl: expect.stringContaining(id) });
    expect(await client.existing(fileOf(150, 2, "a.txt"), { path })).toBeNull();
    expect(await client.existing(fileOf(150, 1, "a.txt"))).toBeNull();
    expect(await client.existing(fileOf(150, 1, "b.txt"), { path })).toBeNull();
    expect(await client.existing(fileOf(150, 1, "a.txt"), { path, profile: "image" })).toBeNull();
  });

  it("is requested for a hundred files at a time, and no file is read without a match", async () => {
    const server = new FakeServer();
    const tab = new FakeTab(server);
    const files = Array.from({ length: 250 }, (_, at) => fileOf(10, at, `${at}.txt`));
    await Promise.all(files.slice(0, 3).map((file) => tab.client.upload(file).done));
    tab.digests.length = 0;
    const found = await Promise.all(files.map((file) => tab.client.existing(file)));
    expect(found.filter((view) => view !== null)).toHaveLength(3);
    expect(server.lookupSizes).toEqual([100, 100, 50]);
    expect(tab.digests).toHaveLength(3);
  });

  it("is requested again after a lost response", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    await client.upload(fileOf(10)).done;
    server.faults = (call, count) =>
      call === "existing" && count < 3
        ? { when: "after", failure: new UploadFailure("NETWORK") }
        : null;
    expect(await client.existing(fileOf(10))).not.toBeNull();
  });

  it("is null for a stream, and without a sign-in", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server, new FakeBrowser(), { onRefused: "wait" });
    await client.upload(fileOf(10)).done;
    expect(await client.existing(fileOf(10).stream())).toBeNull();
    server.faults = () => ({ when: "before", failure: new UploadFailure("UNAUTHENTICATED") });
    expect(await client.existing(fileOf(10))).toBeNull();
  });

  it("is no longer waited for when the caller aborts", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    const stop = new AbortController();
    const lookup = client.existing(fileOf(10), { signal: stop.signal });
    stop.abort();
    await expect(lookup).rejects.toMatchObject({ code: "ABORTED" });
  });
});
