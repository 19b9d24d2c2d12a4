import { describe, expect, it } from "vitest";
import { UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob, until } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

describe("pausing", () => {
  it("keeps what arrived and continues from there", async () => {
    const server = new FakeServer();
    const file = fileOf(1_000);
    const upload = new FakeTab(server, new FakeBrowser(), { parallel: 1 }).client.upload(file);
    server.onPut = ({ start }) => {
      if (start === 500 && server.count("put") === 6) upload.pause();
    };
    await until(upload, ({ phase }) => phase === "paused");
    upload.resume();
    await upload.done;
    expect(server.sent.map(({ start }) => start)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 700, 800, 900,
    ]);
    expect(server.only().bytes).toEqual(await readBlob(file));
  });

  it("is not a failure: done stays pending", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(fileOf(300));
    const { done } = upload;
    upload.pause();
    upload.pause();
    upload.resume();
    upload.resume();
    expect((await done).status).toBe("complete");
    expect(server.uploads.size).toBe(1);
  });
});

/** Calls `act` once, when the client is about to forget the remembered upload. */
function onForget({ stored }: FakeBrowser, act: () => void): void {
  const forget = stored.delete.bind(stored);
  stored.delete = (key) => {
    stored.delete = forget;
    act();
    return forget(key);
  };
}

describe("an upload that is paused and resumed when its last response arrives", () => {
  it("is done and stays done", async () => {
    const server = new FakeServer();
    const browser = new FakeBrowser();
    const upload = new FakeTab(server, browser).client.upload(fileOf(100));
    onForget(browser, () => {
      upload.pause();
      upload.resume();
    });
    const phases: string[] = [];
    await upload.done;
    upload.subscribe(() => phases.push(upload.snapshot().phase));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((next) => setImmediate(next));
    expect(phases).toEqual([]);
    expect(upload.snapshot().phase).toBe("done");
    expect(server.count("complete")).toBe(1);
  });
});

describe("a pause at the same time as another change of the upload", () => {
  const turn = () => new Promise((next) => setImmediate(next));

  it("is kept although a restart was due, and can be resumed", async () => {
    const server = new FakeServer();
    server.faults = (call, count) =>
      call === "put" && count === 1
        ? { when: "before", failure: new UploadFailure("EXPIRED") }
        : null;
    const browser = new FakeBrowser();
    const upload = new FakeTab(server, browser).client.upload(fileOf(100));
    onForget(browser, () => upload.pause());
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(upload.snapshot().phase).toBe("paused");
    upload.resume();
    expect((await upload.done).status).toBe("complete");
  });

  it("is kept at any time after the last byte", async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const server = new FakeServer();
      const upload = new FakeTab(server).client.upload(fileOf(100));
      server.onPut = () => {
        server.onPut = () => undefined;
        let later = Promise.resolve();
        for (let at = 0; at < turns; at += 1) later = later.then(() => undefined);
        void later.then(() => upload.pause());
      };
      for (let look = 0; look < 20; look += 1) await turn();
      expect(["paused", "done"], `after ${turns} turns`).toContain(upload.snapshot().phase);
      upload.resume();
      expect((await upload.done).status).toBe("complete");
    }
  });
});
