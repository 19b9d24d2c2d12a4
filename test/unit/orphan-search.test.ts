import { describe, expect, it } from "vitest";
import { createMemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import { randomIds } from "../../src/adapters/node/ids.ts";
import { startBackground } from "../../src/server/background.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { recordingLog } from "../support/recording-log.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Instances over one database. `search` is what their search for orphans does. */
function setUp(search: () => Promise<void> = async () => undefined) {
  const clock = new ManualClock();
  const { claims, leases } = createMemoryDatabase({ clock, ids: randomIds });
  let searches = 0;
  const start = () =>
    startBackground({
      core: {
        administration: {
          sweep: async ({ orphans }: { orphans: boolean }) => {
            if (orphans) searches += 1;
            if (orphans) await search();
            return { files: 0, records: 0, bytes: 0, strays: [] };
          },
        } as never,
        housekeeping: {
          deliverDue: async () => undefined,
          strays: async () => ({ count: 0, examples: [] }),
          completeReady: async () => undefined,
        } as never,
      },
      ...{ leases, claims, clock, ids: randomIds, log: recordingLog() },
      ...{ refold: async () => 0, optimize: async () => undefined, sweepIntervalMs: 15 * MINUTE },
    });
  return { clock, start, searches: () => searches };
}

describe("the search for orphans", () => {
  it("runs once a day, whatever the number of instances", async () => {
    const { clock, start, searches } = setUp();
    const instances = [start(), start(), start()];
    await clock.advance(HOUR);
    expect(searches()).toBe(1);
    await clock.advance(47 * HOUR);
    expect(searches()).toBe(2);
    await Promise.all(instances.map((instance) => instance.stop()));
  });

  it("does not run again because an instance restarts", async () => {
    const { clock, start, searches } = setUp();
    const first = start();
    await clock.advance(HOUR);
    await first.stop();
    const second = start();
    await clock.advance(HOUR);
    expect(searches()).toBe(1);
    await second.stop();
  });

  it("runs again at the next sweep after one that failed", async () => {
    const outcomes = [Promise.reject(new Error("the bucket is away")), Promise.resolve()];
    outcomes[0]?.catch(() => undefined);
    const { clock, start, searches } = setUp(() => outcomes.shift() ?? Promise.resolve());
    const instance = start();
    await clock.advance(HOUR);
    expect(searches()).toBe(2);
    await instance.stop();
  });
});
