import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import { UploadError } from "../../../src/core/errors.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { patch, record } from "../../support/concat-run.ts";
import { settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { codeOf } from "../../support/upload-run.ts";

/** Uploads that hold every byte, and whose process died before it completed them. */
async function fullUploads(count: number) {
  const world = memoryCore();
  const { uploads } = world.database;
  const { update } = uploads;
  uploads.update = async (upload, changes, guard) => {
    if (changes.state === "complete") throw new UploadError("UNAVAILABLE");
    return update(upload, changes, guard);
  };
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { id } = await world.service.init(alice, { filename: "a", size: 4, origin: "tus" });
    const failed = await patch(world, id, { bytes: Buffer.from("data") }).catch(codeOf);
    expect(failed).toBe("UNAVAILABLE");
    ids.push(id);
  }
  uploads.update = update;
  const states = () =>
    Promise.all(ids.map(async (id) => (await record(world, id))?.state)).then((all) =>
      all.filter((state) => state === "complete"),
    );
  return { world, update, complete: states };
}

describe("uploads that are ready to complete when the server starts", () => {
  it("is brought to its end a few at a time, and all of it", async () => {
    const { world, update, complete } = await fullUploads(11);
    const gate = createDeferred<void>();
    let busy = 0;
    world.database.uploads.update = async (...change) => {
      busy += 1;
      await gate.promise;
      busy -= 1;
      return update(...change);
    };
    const begun = world.housekeeping.completeReady(new AbortController().signal);
    await settle();
    expect(busy).toBe(4);
    gate.resolve();
    await begun;
    await expect.poll(complete).toHaveLength(11);
  });

  it("is left for the next start when the server stops meanwhile", async () => {
    const { world, update, complete } = await fullUploads(11);
    const gate = createDeferred<void>();
    world.database.uploads.update = async (...change) => {
      await gate.promise;
      return update(...change);
    };
    const stop = new AbortController();
    const begun = world.housekeeping.completeReady(stop.signal);
    await settle();
    stop.abort();
    await begun;
    gate.resolve();
    await expect.poll(complete).toHaveLength(4);
  });

  it("leaves nothing on the signal, which lives as long as the server", async () => {
    const { world, complete } = await fullUploads(11);
    const { signal } = new AbortController();
    await world.housekeeping.completeReady(signal);
    await expect.poll(complete).toHaveLength(11);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is no fault of the service when the file is refused as a whole", async () => {
    const log = recordingLog();
    const profiles = defineProfiles({ default: profile({ accept: ["text/plain"] }) });
    const world = memoryCore({ profiles, log });
    const { id } = await world.service.init(alice, { filename: "a", size: 4, origin: "tus" });
    await patch(world, id, { bytes: Buffer.from("te") });
    const rest = patch(world, id, { at: 2, bytes: Buffer.from("x\0") });
    expect(await rest.catch(codeOf)).toBe("REJECTED");
    await world.housekeeping.completeReady(new AbortController().signal);
    expect(await world.service.resume(alice, id).catch(codeOf)).toBe("REJECTED");
    expect(log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });
});
