import { describe, expect, it } from "vitest";
import type { CompletedView } from "../../../src/client/completed-view.ts";
import { UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf, until } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

const refused = () => ({ when: "before" as const, failure: new UploadFailure("UNAUTHENTICATED") });

describe("the end of an upload", () => {
  it("comes after onComplete has run; the wait holds no slot and no lock", async () => {
    const server = new FakeServer();
    server.completion = "pending";
    const tab = new FakeTab(server, new FakeBrowser(), { maxFiles: 1 });
    const first = tab.client.upload(fileOf(100, 1, "1"));
    await until(first, ({ phase }) => phase === "completing");
    server.completion = "done";
    await tab.client.upload(fileOf(100, 2, "2")).done;
    for (const held of server.uploads.values()) held.completion = "done";
    expect((await first.done).completion).toBe("done");
    expect(tab.slept.every((ms) => ms >= 300 && ms <= 13_000)).toBe(true);
  });

  it("is COMPLETION_FAILED when onComplete keeps failing; resume checks again", async () => {
    const server = new FakeServer();
    server.completion = "failed";
    const tab = new FakeTab(server, new FakeBrowser(), { completionPatienceMs: 20_000 });
    const upload = tab.client.upload(fileOf(100));
    await expect(upload.done).rejects.toMatchObject({ code: "COMPLETION_FAILED" });
    expect(tab.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(20_000);
    server.completion = "done";
    upload.resume();
    expect((await upload.done).completion).toBe("done");
    expect(server.count("put")).toBe(1);
  });

  it("calls onDone once with the completed upload, also after a failure and a resume", async () => {
    const server = new FakeServer();
    server.completion = "failed";
    const tab = new FakeTab(server, new FakeBrowser(), { completionPatienceMs: 1_000 });
    const seen: CompletedView[] = [];
    const upload = tab.client.upload(fileOf(100), { onDone: (view) => seen.push(view) });
    await expect(upload.done).rejects.toMatchObject({ code: "COMPLETION_FAILED" });
    expect(seen).toEqual([]);
    server.completion = "done";
    upload.resume();
    const view = await upload.done;
    expect(seen).toEqual([view]);
    expect(view).toMatchObject({ status: "complete", size: 100, checksum: expect.any(String) });
  });

  it("is a failure when the server reports a complete upload without a checksum", async () => {
    const server = new FakeServer();
    const complete = server.api.complete.mutate;
    const broken = async (input: { id: string }) => ({
      ...(await complete(input)),
      checksum: null,
    });
    Object.assign(server.api, { complete: { mutate: broken } });
    const upload = new FakeTab(server).client.upload(fileOf(100));
    await expect(upload.done).rejects.toMatchObject({ code: "UNEXPECTED" });
  });

  it("can be paused while it waits for onComplete", async () => {
    const server = new FakeServer();
    server.completion = "pending";
    const upload = new FakeTab(server).client.upload(fileOf(100));
    await until(upload, ({ view }) => view?.completion === "pending");
    upload.pause();
    expect(upload.snapshot().phase).toBe("paused");
    for (const held of server.uploads.values()) held.completion = "done";
    server.completion = "done";
    upload.resume();
    expect((await upload.done).completion).toBe("done");
  });
});

describe("a refused credential", () => {
  it("that can be renewed costs one attempt and no bytes", async () => {
    const server = new FakeServer();
    server.faults = (call, count) => (call === "put" && count === 3 ? refused() : null);
    const tab = new FakeTab(server, new FakeBrowser(), { onRefused: "renew", parallel: 1 });
    await tab.client.upload(fileOf(600)).done;
    expect(server.sent).toHaveLength(6);
    expect(tab.slept).toEqual([]);
  });

  it("that stays refused fails the upload after a few attempts, and resume continues", async () => {
    const server = new FakeServer();
    server.faults = (call) => (call === "put" ? refused() : null);
    const tab = new FakeTab(server, new FakeBrowser(), { onRefused: "renew", parallel: 1 });
    const upload = tab.client.upload(fileOf(600));
    await expect(upload.done).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(server.count("put")).toBe(4);
    server.faults = () => null;
    upload.resume();
    expect((await upload.done).status).toBe("complete");
    expect(server.uploads.size).toBe(1);
  });

  it("that cannot be renewed fails the upload at once", async () => {
    const server = new FakeServer();
    server.faults = (call) => (call === "put" ? refused() : null);
    const tab = new FakeTab(server, new FakeBrowser(), { onRefused: "fail", parallel: 1 });
    await expect(tab.client.upload(fileOf(600)).done).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect(server.count("put")).toBe(1);
  });
});

describe("a digest with every chunk", () => {
  it("belongs to that chunk, and a chunk that arrives damaged is sent again", async () => {
    const server = new FakeServer();
    const digests: (string | null)[] = [];
    server.onPut = ({ contentDigest }) => void digests.push(contentDigest);
    server.faults = (call, count) =>
      call === "put" && count === 2
        ? { when: "before", arrived: 0, failure: new UploadFailure("CHUNK_CHECKSUM_MISMATCH") }
        : null;
    const tab = new FakeTab(server, new FakeBrowser(), { chunkDigest: "md5", parallel: 1 });
    await tab.client.upload(fileOf(250)).done;
    expect(digests).toHaveLength(4);
    expect(digests.every((digest) => /^md5=:[A-Za-z0-9+/]{22}==:$/.test(digest ?? ""))).toBe(true);
    expect(digests[1]).toBe(digests[2]);
  });
});
