import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob, until } from "./fake-runtime.ts";
import { FakeServer, md5 } from "./fake-server.ts";

describe("an upload", () => {
  it("arrives whole, in chunks, with its checksum", async () => {
    const server = new FakeServer();
    const file = fileOf(1_050);
    const view = await new FakeTab(server).client.upload(file).done;
    expect(server.only().bytes).toEqual(await readBlob(file));
    expect(view.checksum).toBe(md5(await readBlob(file)));
    expect(server.sent).toHaveLength(11);
  });

  it("sends up to three chunks in parallel", async () => {
    const server = new FakeServer();
    let now = 0;
    let most = 0;
    server.onPut = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
    await new FakeTab(server).client.upload(fileOf(1_000)).done;
    expect(most).toBe(3);
  });

  it("does not depend on the order in which chunks arrive", async () => {
    const server = new FakeServer();
    const file = fileOf(900);
    server.onPut = async ({ start }) => {
      for (let turn = start === 100 ? 20 : 1; turn > 0; turn -= 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await new FakeTab(server).client.upload(file).done;
    expect(server.sent.at(-1)?.start).toBe(100);
    expect(server.only().bytes).toEqual(await readBlob(file));
    expect(server.sent).toHaveLength(9);
  });

  it("completes without a chunk when the file is empty", async () => {
    const server = new FakeServer();
    const view = await new FakeTab(server).client.upload(fileOf(0)).done;
    expect(view.status).toBe("complete");
    expect(server.count("put")).toBe(0);
  });

  it("reports its bytes and its phases", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(fileOf(500));
    const phases = new Set<string>();
    upload.subscribe(() => phases.add(upload.snapshot().phase));
    await upload.done;
    expect([...phases]).toEqual(["verifying", "uploading", "completing", "done"]);
    expect(upload.snapshot()).toMatchObject({
      size: 500,
      sent: 500,
      acknowledged: 500,
      digested: 500,
    });
  });

  it("sends to its own origin, whatever URL the server returns", async () => {
    const server = new FakeServer();
    const urls: string[] = [];
    server.onPut = ({ url }) => void urls.push(url);
    await new FakeTab(server).client.upload(fileOf(50)).done;
    expect(urls).toEqual([`/api/uploads/${server.only().id}`]);
  });

  it("fails without a retry when the server refuses it permanently", async () => {
    const server = new FakeServer();
    server.faults = (call) =>
      call === "init"
        ? { when: "before", failure: new UploadFailure("TOO_LARGE", { message: "too large" }) }
        : null;
    const tab = new FakeTab(server);
    const upload = tab.client.upload(fileOf(100));
    await expect(upload.done).rejects.toMatchObject({ code: "TOO_LARGE", message: "too large" });
    expect(upload.snapshot().phase).toBe("failed");
    expect(tab.slept).toEqual([]);
    expect(server.count("init")).toBe(1);
  });
});

describe("a listener that throws", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each(["uploading", "done", "failed"])("at %s does not affect the upload", async (at) => {
    const told: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => told.push(error));
    const server = new FakeServer();
    server.faults = (call) =>
      call === "complete" && at === "failed"
        ? { when: "before", failure: new UploadFailure("QUOTA_EXCEEDED") }
        : null;
    const upload = new FakeTab(server).client.upload(fileOf(100), {
      onProgress: ({ phase }) => {
        if (phase === at) throw new Error("not mine");
      },
    });
    const end = await upload.done.then(
      ({ status }) => status,
      ({ code }) => code,
    );
    expect(end).toBe(at === "failed" ? "QUOTA_EXCEEDED" : "complete");
    expect(told).toContainEqual(new Error("not mine"));
  });
});

describe("cancelling", () => {
  it("deletes what was sent from the server", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const upload = new FakeTab(server, browser).client.upload(fileOf(1_000));
    server.onPut = async () => {
      if (server.count("put") > 3) await new Promise((resolve) => setImmediate(resolve));
    };
    await until(upload, ({ acknowledged }) => acknowledged > 0);
    await upload.abort();
    await expect(upload.done).rejects.toMatchObject({ code: "ABORTED" });
    expect(upload.snapshot().phase).toBe("cancelled");
    expect(server.uploads.size).toBe(0);
    expect(browser.stored.size).toBe(0);
  });

  it("deletes an upload that was just being created", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(fileOf(1_000));
    await Promise.resolve();
    await upload.abort();
    expect(server.uploads.size).toBe(0);
  });

  it("follows the caller's signal", async () => {
    const server = new FakeServer();
    const stop = new AbortController();
    const upload = new FakeTab(server).client.upload(fileOf(1_000), { signal: stop.signal });
    stop.abort();
    await expect(upload.done).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("does not affect a finished upload", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(fileOf(100));
    await upload.done;
    await upload.abort();
    expect(server.only().status).toBe("complete");
    expect(upload.snapshot().phase).toBe("done");
  });

  it("stays cancelled although the last response had arrived, and leaves nothing behind", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const upload = new FakeTab(server, browser).client.upload(fileOf(100));
    let ended: Promise<void> | null = null;
    const { stored } = browser;
    const forget = stored.delete.bind(stored);
    stored.delete = (key) => {
      ended ??= upload.abort();
      return forget(key);
    };
    await expect(upload.done).rejects.toMatchObject({ code: "ABORTED" });
    await ended;
    expect(upload.snapshot().phase).toBe("cancelled");
    expect(server.uploads.size).toBe(0);
  });

  it("does not wait for the status request after a pause", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(fileOf(1_000));
    await until(upload, ({ acknowledged }) => acknowledged > 0);
    server.api.status.query = (_, ask) =>
      new Promise((_, reject) => {
        ask?.signal?.addEventListener("abort", () => reject(ask.signal?.reason));
      });
    upload.pause();
    await new Promise((resolve) => setImmediate(resolve));
    await upload.abort();
    expect(server.uploads.size).toBe(0);
  });

  it("leaves no listener on the caller's signal, however the upload ends", async () => {
    const server = new FakeServer();
    const { client } = new FakeTab(server);
    const { signal } = new AbortController();
    const cancelled = client.upload(fileOf(1_000, 1, "1"), { signal });
    await cancelled.abort();
    server.faults = (call) =>
      call === "complete" ? { when: "before", failure: new UploadFailure("QUOTA_EXCEEDED") } : null;
    const failed = client.upload(fileOf(100, 2, "2"), { signal });
    await expect(failed.done).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    server.faults = () => null;
    failed.resume();
    await failed.done;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("keeps no slot when the file cannot be locked", async () => {
    const browser = new FakeBrowser();
    const { client } = new FakeTab(new FakeServer(), browser, { maxFiles: 1 });
    const { tryHold } = browser;
    browser.tryHold = () => {
      browser.tryHold = tryHold;
      throw new Error("no locks here");
    };
    await expect(client.upload(fileOf(100, 1, "1")).done).rejects.toMatchObject({
      code: "UNEXPECTED",
    });
    expect((await client.upload(fileOf(100, 2, "2")).done).status).toBe("complete");
  });
});
