import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { fileOf, md5, send } from "../../support/upload-run.ts";

const file = fileOf(1_000);

/** Two instances over the same records; `hook` is the second one's `onComplete`. */
async function delivering(hook: () => Promise<unknown>) {
  let end = (_result: string) => {};
  const slow = () => new Promise<string>((resolve) => (end = resolve));
  const first = memoryCore({ profiles: onComplete(slow) });
  const second = memoryCore({ profiles: onComplete(hook), after: first });
  const upload = await first.service.init(alice, { filename: "a", size: file.length });
  await send(first, upload, { file, start: 0, end: file.length });
  const answer = first.service.complete(alice, { id: upload.id, checksum: md5(file) });
  /** Seconds, in which the second instance looks at what is due as a server does. */
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 1) {
      await first.clock.advance(1_000);
      await second.housekeeping.deliverDue();
    }
  };
  await pass(11);
  await answer;
  return { first, pass, end: (result: string) => end(result), id: upload.id };
}

function onComplete(hook: () => Promise<unknown>) {
  return defineProfiles({ default: profile({ onComplete: hook }) });
}

describe("an onComplete that runs for longer than an instance may be silent", () => {
  it("is not started again by another instance while it runs", async () => {
    let runs = 0;
    const world = await delivering(async () => {
      runs += 1;
    });
    await world.pass(200);
    expect(runs).toBe(0);
    world.end("late");
    await world.pass(1);
    expect(await world.first.service.status(alice, world.id)).toMatchObject({
      completion: "done",
      result: expect.stringContaining("late"),
    });
  });

  it("has succeeded for good, although another instance believed it dead and failed later", async () => {
    let fail = () => {};
    const world = await delivering(
      () => new Promise((_, reject) => (fail = () => reject(new Error("no luck")))),
    );
    const { outbox } = world.first.database;
    // The renewals of the first instance do not arrive any more.
    const renew = outbox.renew;
    outbox.renew = () => Promise.reject(new Error("away"));
    await world.pass(70);
    outbox.renew = renew;
    world.end("late");
    await world.pass(1);
    fail();
    await world.pass(1);
    expect(await world.first.service.status(alice, world.id)).toMatchObject({
      completion: "done",
      completionError: null,
      result: expect.stringContaining("late"),
    });
  });
});
