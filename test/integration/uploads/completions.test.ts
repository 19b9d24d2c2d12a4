import { describe, expect, it } from "vitest";
import { type CompletionContext, defineProfiles, profile } from "../../../src/core/profiles.ts";
import { beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { editRecords } from "../../support/edit-records.ts";
import { randomFile } from "../../support/random-file.ts";

const SIZE = 100_000;
const patience = { timeout: 20_000 };

type Hook = (context: CompletionContext<unknown>) => unknown;

function bootWith(onComplete: Hook): Promise<BootedApp> {
  return bootApp({ profiles: defineProfiles({ default: profile({ onComplete }) }) });
}

async function whole(app: BootedApp) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE) });
  await upload.send({ start: 0, end: SIZE });
  return upload;
}

describe("onComplete", () => {
  it("gives a result of any type, which can be fetched again, after a restart too", async () => {
    const result = {
      at: new Date("2026-03-04T05:06:07.000Z"),
      tags: new Set(["a", "b"]),
      large: 2n ** 70n,
      nested: new Map([["x", [1, undefined, null]]]),
    };
    await using app = await bootWith(() => result);
    const upload = await whole(app);
    const completed = await upload.complete();
    expect(completed).toMatchObject({ status: "complete", completion: "done" });
    expect(completed.data).toEqual(result);
    expect((await upload.status()).data).toEqual(result);
    await app.restart();
    expect((await upload.status()).data).toEqual(result);
    expect((await upload.complete()).data).toEqual(result);
  });

  it("receives upload, metadata and owner, and reads the finished file", async () => {
    let heard: unknown = null;
    await using app = await bootWith(async ({ upload, principal, open }) => {
      const parts: Uint8Array[] = [];
      for await (const part of open({ start: 10, end: 20 })) parts.push(part);
      heard = { id: upload.id, email: principal?.email, bytes: Buffer.concat(parts) };
    });
    const upload = await whole(app);
    const completed = await upload.complete();
    expect(completed).toMatchObject({ completion: "done", data: null });
    const { email } = await app.user();
    expect(heard).toEqual({ id: upload.id, email, bytes: upload.file.slice(10, 20) });
  });

  it("that throws leaves the bytes complete, is visible, and is tried again until it succeeds", async () => {
    let calls = 0;
    await using app = await bootWith(() => {
      calls += 1;
      if (calls < 3) throw new Error("the thumbnailer is away");
      return { calls };
    });
    const upload = await whole(app);
    const failed = await upload.complete();
    expect(failed).toMatchObject({ status: "complete", completion: "failed", data: null });
    expect((await upload.download()).length).toBe(SIZE);
    await expect.poll(async () => (await upload.status()).completion, patience).toBe("done");
    expect((await upload.status()).data).toEqual({ calls: 3 });
    expect(calls).toBe(3);
  });

  it("that was cut short by a crash runs again after the start", async () => {
    let calls = 0;
    await using app = await bootWith(() => {
      calls += 1;
      if (calls === 1) throw new Error("the process dies about here");
      return "second";
    });
    const upload = await whole(app);
    await upload.complete();
    // As if the process had died within the hook: pending, and leased until some time ago.
    await editRecords(app.dataDir, "ChunkedUpload", {
      id: upload.id,
      set: { completion: "pending" },
    });
    await app.restart();
    await expect.poll(async () => (await upload.status()).data, patience).toBe("second");
  });

  it("that takes long is answered as pending, and its result is there later", async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using app = await bootWith(async () => {
      await gate;
      return "late";
    });
    const upload = await whole(app);
    expect(await upload.complete()).toMatchObject({ status: "complete", completion: "pending" });
    release();
    await expect.poll(async () => (await upload.status()).completion, patience).toBe("done");
    expect((await upload.status()).data).toBe("late");
  });

  it("runs once however often complete is asked", async () => {
    let calls = 0;
    await using app = await bootWith(() => {
      calls += 1;
    });
    const upload = await whole(app);
    await Promise.all([upload.complete(), upload.complete(), upload.complete()]);
    await upload.complete();
    expect(calls).toBe(1);
  });

  it("without a checksum from the client: the server's own is enough where the profile says so", async () => {
    const profiles = defineProfiles({ default: profile({ checksum: "optional" }) });
    await using app = await bootApp({ profiles });
    const upload = await whole(app);
    const completed = await upload.client.uploads.complete.mutate({ id: upload.id });
    expect(completed).toMatchObject({ status: "complete", checksum: upload.file.digest() });
  });
});
