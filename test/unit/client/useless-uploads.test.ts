import { describe, expect, it } from "vitest";
import { type FailureCode, UploadFailure } from "../../../src/client/failure.ts";
import { FakeBrowser, FakeTab, fileOf } from "./fake-runtime.ts";
import { type Call, FakeServer } from "./fake-server.ts";

// An upload that can never complete uses the user's quota as long as it is on the server.

/** A server that refuses every such call with `code`. */
function refusing(call: Call, code: FailureCode): FakeServer {
  const server = new FakeServer();
  server.faults = (made) =>
    made === call ? { when: "before", failure: new UploadFailure(code) } : null;
  return server;
}

function brokenStream(): ReadableStream<Uint8Array> {
  let pulled = 0;
  return new ReadableStream({
    pull(controller) {
      pulled += 1;
      if (pulled > 2) throw new Error("The disk is gone.");
      controller.enqueue(new Uint8Array(100));
    },
  });
}

describe("an upload that can never complete is deleted", () => {
  for (const code of ["REJECTED", "TOO_LARGE"] as const) {
    it(`when its bytes are ${code}`, async () => {
      const server = refusing("put", code);
      const browser = new FakeBrowser();
      const upload = new FakeTab(server, browser).client.upload(fileOf(500));
      await expect(upload.done).rejects.toMatchObject({ code });
      expect(server.uploads.size).toBe(0);
      expect(browser.stored.size).toBe(0);
      expect(upload.snapshot()).toMatchObject({ phase: "failed", acknowledged: 0 });
    });
  }

  it("when the file changed during the transfer", async () => {
    const server = refusing("complete", "CHECKSUM_MISMATCH");
    const upload = new FakeTab(server).client.upload(fileOf(500));
    await expect(upload.done).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect(server.uploads.size).toBe(0);
    server.faults = () => null;
    upload.resume();
    expect((await upload.done).status).toBe("complete");
  });

  it("when its stream fails", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(brokenStream(), { filename: "s" });
    await expect(upload.done).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    expect(server.uploads.size).toBe(0);
  });
});

describe("an upload that may still complete stays", () => {
  it("when the store is full", async () => {
    for (const code of ["STORAGE_FULL", "QUOTA_EXCEEDED"] as const) {
      const server = refusing("put", code);
      const upload = new FakeTab(server).client.upload(fileOf(500));
      await expect(upload.done).rejects.toMatchObject({ code });
      expect(server.uploads.size).toBe(1);
    }
  });

  it("when it was created elsewhere", async () => {
    const server = refusing("put", "REJECTED");
    const uploadId = server.plant("film.bin", 500, { start: 0, bytes: new Uint8Array(0) });
    const upload = new FakeTab(server).client.upload(fileOf(500), { uploadId });
    await expect(upload.done).rejects.toMatchObject({ code: "REJECTED" });
    expect(server.uploads.size).toBe(1);
  });

  it("when another machine has completed it with its own file", async () => {
    const server = new FakeServer();
    const upload = new FakeTab(server).client.upload(fileOf(500));
    server.faults = (call) => {
      if (call !== "complete") return null;
      for (const held of server.uploads.values()) held.status = "complete";
      return { when: "before", failure: new UploadFailure("CHECKSUM_MISMATCH") };
    };
    await expect(upload.done).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect(server.only().status).toBe("complete");
  });
});
