import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { once } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { codeOf, fileOf, md5, send } from "../../support/upload-run.ts";

const file = fileOf(1_000);

/** A world whose `onComplete` does what `hook` says, with a file already sent. */
async function sentWith(hook: () => unknown) {
  const profiles = defineProfiles({ default: profile({ onComplete: async () => hook() }) });
  const world = memoryCore({ profiles });
  const upload = await world.service.init(alice, { filename: "a", size: file.length });
  await send(world, upload, { file, start: 0, end: file.length });
  const complete = () => world.service.complete(alice, { id: upload.id, checksum: md5(file) });
  const status = () => world.service.status(alice, upload.id);
  return { world, upload, complete, status };
}

describe("completing an upload", () => {
  it("stores what onComplete returned, dates and all", async () => {
    const { world, complete, status } = await sentWith(() => ({ at: new Date(0), n: 7n }));
    expect((await complete()).completion).toBe("done");
    expect(world.service.result(await status())).toEqual({ at: new Date(0), n: 7n });
  });

  it("runs onComplete once, however often it is asked", async () => {
    let runs = 0;
    const { complete } = await sentWith(() => ++runs);
    await Promise.all([complete(), complete(), complete()]);
    await complete();
    expect(runs).toBe(1);
  });

  it("answers pending while onComplete takes its time, and done when it has ended", async () => {
    let end = () => {};
    const { world, complete, status } = await sentWith(
      () => new Promise<string>((resolve) => (end = () => resolve("late"))),
    );
    const answer = complete();
    for (let turns = 0; turns < 20; turns += 1) await world.clock.advance(1_000);
    expect((await answer).completion).toBe("pending");
    end();
    await complete();
    expect((await status()).completion).toBe("done");
  });

  it("keeps the bytes complete when onComplete throws, shows why, and tries again later", async () => {
    let runs = 0;
    const { world, complete, status } = await sentWith(() => {
      runs += 1;
      if (runs < 3) throw new Error(`no luck ${runs}`);
      return "thumbnail";
    });
    expect(await complete()).toMatchObject({
      state: "complete",
      completion: "failed",
      completionError: "no luck 1",
    });
    await world.housekeeping.deliverDue();
    await world.clock.advance(0);
    expect(runs).toBe(1);
    await world.clock.advance(1_000);
    await world.housekeeping.deliverDue();
    await world.clock.advance(0);
    expect(await status()).toMatchObject({ completion: "failed", completionError: "no luck 2" });
    await world.clock.advance(2_000);
    await world.housekeeping.deliverDue();
    await world.clock.advance(0);
    expect(await status()).toMatchObject({ completion: "done", completionError: null });
    expect(world.service.result(await status())).toBe("thumbnail");
  });

  it("tries again what failed although many others hang for longer than a delivery is held", async () => {
    let runs = 0;
    const onComplete = ({ upload }: { upload: { filename: string } }) => {
      if (upload.filename === "slow") return new Promise(() => {});
      runs += 1;
      throw new Error("no luck");
    };
    const log = recordingLog();
    const profiles = defineProfiles({ default: profile({ onComplete }) });
    const world = memoryCore({ profiles, log });
    for (const filename of [...Array<string>(12).fill("slow"), "failing"]) {
      const upload = await world.service.init(alice, { filename, size: file.length });
      await send(world, upload, { file, start: 0, end: file.length });
      void world.service.complete(alice, { id: upload.id, checksum: md5(file) });
      await world.clock.advance(1);
    }
    await world.clock.advance(120_000);
    expect(runs).toBe(1);
    await world.housekeeping.deliverDue();
    await world.clock.advance(0);
    expect(runs).toBe(2);
    const slow = log.entries.filter(({ message }) => message.includes("running for a minute"));
    expect(slow).toHaveLength(12);
  });

  it("never gives up: it is tried again every hour in the end", async () => {
    let runs = 0;
    const { world, complete, status } = await sentWith(() => {
      runs += 1;
      if (runs < 60) throw new Error("no luck");
      return "at last";
    });
    await complete();
    for (let hour = 0; hour < 60; hour += 1) {
      await world.clock.advance(3_600_000);
      await world.housekeeping.deliverDue();
      await world.clock.advance(0);
    }
    expect(runs).toBe(60);
    expect(world.service.result(await status())).toBe("at last");
  });

  it("stays done when the process dies between the result and the outbox", async () => {
    let runs = 0;
    const { world, complete, status } = await sentWith(() => {
      runs += 1;
      if (runs > 1) throw new Error("this was done already");
      return "told";
    });
    once(world.database.outbox, "done", async () => {
      throw new UploadError("UNAVAILABLE");
    });
    expect((await complete()).completion).toBe("done");
    await world.clock.advance(61_000);
    await world.housekeeping.deliverDue();
    await world.clock.advance(0);
    expect(runs).toBe(1);
    expect(await status()).toMatchObject({ completion: "done", completionError: null });
    expect(await world.database.outbox.findByUpload((await status()).id)).toBeNull();
  });

  it("wants the right checksum, in any case, also when it is repeated", async () => {
    const { world, upload, complete } = await sentWith(() => null);
    const ask = (checksum?: string) =>
      world.service.complete(alice, { id: upload.id, checksum }).then(({ state }) => state, codeOf);
    expect(await ask()).toBe("CHECKSUM_REQUIRED");
    expect(await ask(md5(fileOf(999)))).toBe("CHECKSUM_MISMATCH");
    expect(await ask(md5(file).toUpperCase())).toBe("complete");
    expect((await complete()).state).toBe("complete");
    expect(await ask(md5(fileOf(999)))).toBe("CHECKSUM_MISMATCH");
  });

  it("needs no bytes for an empty file", async () => {
    const world = memoryCore();
    const upload = await world.service.init(alice, { filename: "empty", size: 0 });
    const done = await world.service.complete(alice, {
      id: upload.id,
      checksum: md5(new Uint8Array()),
    });
    expect(done).toMatchObject({ state: "complete", size: 0 });
  });

  it("makes a deferred size what is there", async () => {
    const world = memoryCore();
    const upload = await world.service.init(alice, { filename: "stream" });
    await send(world, upload, { file, start: 0, end: 600 });
    const checksum = md5(file.subarray(0, 600));
    expect(await world.service.complete(alice, { id: upload.id, checksum })).toMatchObject({
      size: 600,
    });
  });

  it("does without a client's checksum where the profile says so", async () => {
    const world = memoryCore({
      profiles: defineProfiles({ default: profile({ checksum: "optional" }) }),
    });
    const upload = await world.service.init(alice, { filename: "a", size: file.length });
    await send(world, upload, { file, start: 0, end: file.length });
    expect(await world.service.complete(alice, { id: upload.id })).toMatchObject({
      checksum: md5(file),
    });
  });

  it("finishes after a crash between the mark and the file's final place", async () => {
    const { world, upload, complete, status } = await sentWith(() => "told");
    const finish = world.store.finish;
    world.store.finish = async () => {
      throw new Error("the process died here");
    };
    await expect(complete()).rejects.toThrow("died");
    world.store.finish = finish;
    expect(await status()).toMatchObject({
      state: "complete",
      finished: false,
      completion: "pending",
    });
    await world.housekeeping.recover();
    await world.housekeeping.deliverDue();
    await world.clock.advance(0);
    expect(await status()).toMatchObject({ finished: true, completion: "done" });
    expect((await world.service.open(alice, upload.id)).upload.id).toBe(upload.id);
  });
});

describe("sweeping", () => {
  it("removes what expired, and nothing that is complete", async () => {
    const world = memoryCore();
    const old = await world.service.init(alice, { filename: "old", size: 1_000 });
    await send(world, old, { file, start: 0, end: 500 });
    const done = await world.service.init(alice, { filename: "done", size: 1_000 });
    await send(world, done, { file, start: 0, end: 1_000 });
    await world.service.complete(alice, { id: done.id, checksum: md5(file) });
    await world.clock.advance(86_400_000);
    const young = await world.service.init(alice, { filename: "young", size: 1_000 });
    const dry = await world.administration.sweep({ dryRun: true });
    expect(await world.administration.sweep({})).toEqual(dry);
    expect(dry).toMatchObject({ files: 1, records: 1, bytes: 500 });
    expect(await world.service.status(alice, old.id).catch(codeOf)).toBe("NOT_FOUND");
    for (const { id } of [done, young]) expect((await world.service.status(alice, id)).id).toBe(id);
  });

  it("may keep the records: they then show as expired and hold nothing", async () => {
    const world = memoryCore();
    const old = await world.service.init(alice, { filename: "old", size: 1_000 });
    await send(world, old, { file, start: 0, end: 500 });
    await world.clock.advance(86_400_000);
    const report = await world.administration.sweep({ keepRecord: true });
    expect(report).toMatchObject({ files: 1, records: 0, bytes: 500 });
    expect(await world.service.status(alice, old.id)).toMatchObject({ state: "swept", offset: 0 });
    expect(await world.store.length(old)).toBe(0);
  });

  it("asks before each, if confirmation is required", async () => {
    const world = memoryCore();
    for (const filename of ["a", "b"]) await world.service.init(alice, { filename, size: 1 });
    await world.clock.advance(86_400_000);
    const asked: string[] = [];
    const confirm = async ({ filename }: { filename: string }) =>
      asked.push(filename) > 0 && filename === "a";
    expect(await world.administration.sweep({ confirm })).toMatchObject({ records: 1 });
    expect(asked.sort()).toEqual(["a", "b"]);
  });
});
