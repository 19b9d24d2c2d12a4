import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { liveBody, settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { fileOf, md5, send } from "../../support/upload-run.ts";

describe("a server that stops", () => {
  it("waits once for its deadline, whatever is still under way", async () => {
    const hangs = () => new Promise<never>(() => {});
    const profiles = defineProfiles({ default: profile({ onComplete: hangs }) });
    const world = memoryCore({ profiles });
    const file = fileOf(1_000);
    const init = () => world.service.init(alice, { filename: "a", size: file.length });
    const done = await init();
    await send(world, done, { file, start: 0, end: file.length });
    void world.service.complete(alice, { id: done.id, checksum: md5(file) });
    const { id } = await init();
    const body = liveBody();
    const position = { start: 0, end: 1_000, total: 1_000 };
    const { signal } = new AbortController();
    const ended = world.service
      .append(alice, { id, position, contentLength: 1_000, body, signal })
      .catch(() => "ended");
    body.give(file.slice(0, 300));
    await settle();
    let drained = false;
    const draining = world.housekeeping.drain(10_000).then(() => (drained = true));
    await world.clock.advance(9_999);
    await settle();
    expect(drained).toBe(false);
    await world.clock.advance(1);
    await settle();
    expect(drained).toBe(true);
    await draining;
    expect(await ended).toBe("ended");
    expect(await world.database.uploads.find(id)).toMatchObject({ offset: 300 });
  });

  it("ends a sweep where it is: what is left waits for the next one", async () => {
    const world = memoryCore();
    for (const filename of ["a", "b", "c"]) await world.service.init(alice, { filename, size: 1 });
    await world.clock.advance(86_400_000);
    const stopping = new AbortController();
    const { remove } = world.store;
    world.store.remove = async (stored) => {
      stopping.abort();
      await remove(stored);
    };
    const { signal } = stopping;
    expect(await world.administration.sweep({ signal })).toMatchObject({ records: 1 });
    expect(await world.administration.sweep({})).toMatchObject({ records: 2 });
  });
});
