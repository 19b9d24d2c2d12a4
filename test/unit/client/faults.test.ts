import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import { UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob, seededRandom, until } from "./fake-runtime.ts";
import { type Call, FakeServer, type Fault } from "./fake-server.ts";

const failing = (failure: UploadFailure, given: Partial<Fault> = {}): Fault => ({
  when: "before",
  failure,
  ...given,
});
const network = () => new UploadFailure("NETWORK");

/** The n-th call of one kind gets `fault`. */
const nth = (call: Call, wanted: number, fault: Fault) => (made: Call, count: number) =>
  made === call && count === wanted ? fault : null;

describe("retrying", () => {
  it("does not send a chunk again when only the response was lost", async () => {
    const server = new FakeServer();
    server.faults = nth("put", 2, failing(network(), { when: "after" }));
    await new FakeTab(server).client.upload(fileOf(500)).done;
    expect(server.sent).toHaveLength(5);
  });

  it("continues at the server's offset inside a chunk that was cut off", async () => {
    const server = new FakeServer();
    const file = fileOf(300);
    server.faults = nth("put", 1, failing(network(), { arrived: 40 }));
    await new FakeTab(server, new FakeBrowser(), { parallel: 1 }).client.upload(file).done;
    expect(server.sent.map(({ start, end }) => [start, end])).toEqual([
      [0, 40],
      [40, 100],
      [100, 200],
      [200, 300],
    ]);
    expect(server.only().bytes).toEqual(await readBlob(file));
  });

  it("waits at least as long as the server asks", async () => {
    const server = new FakeServer();
    server.faults = nth(
      "put",
      1,
      failing(new UploadFailure("UNAVAILABLE", { retryAfterMs: 7_000 })),
    );
    const tab = new FakeTab(server);
    await tab.client.upload(fileOf(100)).done;
    expect(tab.slept).toHaveLength(1);
    expect(tab.slept[0]).toBeGreaterThanOrEqual(7_000);
    expect(tab.slept[0]).toBeLessThan(7_500);
  });

  it("waits for an upload that is busy", async () => {
    const server = new FakeServer();
    server.faults = (call, count) =>
      (call === "put" || call === "complete") && count <= 2
        ? failing(new UploadFailure("BUSY"))
        : null;
    const tab = new FakeTab(server, new FakeBrowser(), { parallel: 1 });
    expect((await tab.client.upload(fileOf(100)).done).status).toBe("complete");
    expect(tab.slept).toHaveLength(4);
  });

  it("requests the offset without a delay after OFFSET_MISMATCH", async () => {
    const server = new FakeServer();
    server.faults = nth("put", 3, failing(new UploadFailure("OFFSET_MISMATCH")));
    const tab = new FakeTab(server);
    await tab.client.upload(fileOf(500)).done;
    expect(tab.slept).toEqual([]);
    expect(server.count("status")).toBe(1);
  });

  it("fails after six attempts in a row without progress, and resume continues", async () => {
    const server = new FakeServer();
    server.faults = (call) => (call === "put" ? failing(network()) : null);
    const upload = new FakeTab(server, new FakeBrowser(), { parallel: 1 }).client.upload(
      fileOf(300),
    );
    await expect(upload.done).rejects.toMatchObject({ code: "NETWORK" });
    expect(server.count("put")).toBe(6);
    server.faults = () => null;
    upload.resume();
    expect((await upload.done).status).toBe("complete");
    expect(server.uploads.size).toBe(1);
  });

  it("does not create a second upload when only the response to init was lost", async () => {
    const server = new FakeServer();
    server.faults = nth("init", 1, failing(network(), { when: "after" }));
    await new FakeTab(server).client.upload(fileOf(300)).done;
    expect(server.only().status).toBe("complete");
  });

  it("completes once when the response to complete was lost", async () => {
    const server = new FakeServer();
    server.faults = nth("complete", 1, failing(network(), { when: "after" }));
    const view = await new FakeTab(server).client.upload(fileOf(300)).done;
    expect(view.status).toBe("complete");
    expect(server.count("put")).toBe(3);
  });

  it("sends what the server lost after acknowledging it", async () => {
    const server = new FakeServer();
    const file = fileOf(500);
    server.faults = (call, count) => {
      const held = [...server.uploads.values()][0];
      if (call === "complete" && count === 1 && held !== undefined)
        held.ranges = [{ start: 0, end: 200 }];
      return null;
    };
    await new FakeTab(server).client.upload(file).done;
    expect(server.count("complete")).toBe(2);
    expect(server.only().bytes).toEqual(await readBlob(file));
  });

  it("waits for the network without counting attempts while the browser is offline", async () => {
    const server = new FakeServer();
    const tab = new FakeTab(server);
    server.faults = (call) =>
      call !== "init" && call !== "list" && !tab.online ? failing(network()) : null;
    server.onPut = () => {
      if (server.count("put") === 2) tab.setOnline(false);
    };
    const upload = tab.client.upload(fileOf(2_000));
    await until(upload, ({ hold }) => hold === "offline");
    expect(tab.slept).toEqual([]);
    tab.setOnline(true);
    expect((await upload.done).status).toBe("complete");
  });

  it("keeps the upload while the user is signed out, and continues after the sign-in", async () => {
    const server = new FakeServer();
    let signedIn = true;
    server.faults = () => (signedIn ? null : failing(new UploadFailure("UNAUTHENTICATED")));
    server.onPut = () => {
      if (server.count("put") === 5) signedIn = false;
    };
    const upload = new FakeTab(server).client.upload(fileOf(2_000));
    const { done } = upload;
    const { acknowledged } = await until(upload, ({ hold }) => hold === "signed-out");
    expect(acknowledged).toBeGreaterThan(0);
    signedIn = true;
    upload.resume();
    expect((await done).status).toBe("complete");
    expect(server.uploads.size).toBe(1);
  });

  it("needs no second sign-in when an older refusal arrives late", async () => {
    const server = new FakeServer();
    const refused = new UploadFailure("UNAUTHENTICATED");
    server.faults = (call, count) =>
      call === "put" && (count === 2 || count === 3) ? failing(refused, { arrived: 0 }) : null;
    const late = createDeferred<void>();
    server.onPut = () => (server.count("put") === 3 ? late.promise : undefined);
    const upload = new FakeTab(server).client.upload(fileOf(2_000));
    const { done } = upload;
    await until(upload, ({ hold }) => hold === "signed-out");
    await expect.poll(() => server.count("put")).toBeGreaterThanOrEqual(3);
    upload.resume();
    late.resolve();
    expect((await done).status).toBe("complete");
  });

  it("starts again when the upload expires during the transfer", async () => {
    const server = new FakeServer();
    server.onPut = () => {
      const held = [...server.uploads.values()][0];
      if (server.count("put") === 4 && held !== undefined) held.status = "expired";
    };
    const file = fileOf(1_000);
    const view = await new FakeTab(server).client.upload(file).done;
    expect(view.status).toBe("complete");
    expect(server.count("init")).toBe(2);
  });

  it("does not recreate an upload that was deleted during the transfer", async () => {
    const server = new FakeServer();
    server.onPut = () => {
      if (server.count("put") === 4) server.uploads.clear();
    };
    const upload = new FakeTab(server).client.upload(fileOf(1_000));
    await expect(upload.done).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(server.count("init")).toBe(1);
  });
});

describe("random faults", () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))("lose no byte (seed %i)", async (seed) => {
    const server = new FakeServer();
    const random = seededRandom(seed + 100);
    const codes = ["NETWORK", "BUSY", "UNAVAILABLE", "RATE_LIMITED"] as const;
    server.faults = (call) => {
      if (random() > 0.25 || call === "delete") return null;
      const failure = new UploadFailure(codes[Math.floor(random() * codes.length)] ?? "NETWORK");
      const arrived =
        call === "put" && random() < 0.5 ? { arrived: Math.floor(random() * 50) } : {};
      return failing(failure, { when: random() < 0.5 ? "before" : "after", ...arrived });
    };
    server.onPut = async () => {
      for (let turn = Math.floor(random() * 5); turn > 0; turn -= 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const file = fileOf(Math.floor(random() * 3_000), seed);
    const tab = new FakeTab(server, new FakeBrowser(), { seed });
    expect((await tab.client.upload(file).done).status).toBe("complete");
    const finished = [...server.uploads.values()].filter(({ status }) => status === "complete");
    expect(finished.map(({ bytes }) => bytes)).toEqual([await readBlob(file)]);
  });
});
