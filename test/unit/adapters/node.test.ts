import { spawnSync } from "node:child_process";
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/adapters/node/clock.ts";
import { randomIds } from "../../../src/adapters/node/ids.ts";

describe("the machine's clock", () => {
  it("sleeps, and wakes at once when aborted, before or during the sleep", async () => {
    await systemClock.sleep(1);
    await systemClock.sleep(1e12, AbortSignal.abort());
    const controller = new AbortController();
    const sleep = systemClock.sleep(1e12, controller.signal);
    controller.abort();
    await sleep;
  });

  it("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    await systemClock.sleep(1, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("does not keep the process alive", () => {
    const script = `
      const { systemClock } = await import("./src/adapters/node/clock.ts");
      void systemClock.sleep(1e9);
    `;
    const options = ["--import", "tsx", "--input-type=module", "--eval", script];
    expect(spawnSync(process.execPath, options).status).toBe(0);
  });

  it("tells the time", () => {
    expect(systemClock.now()).toBeInstanceOf(Date);
  });
});

describe("random ids", () => {
  it("are lower-case UUIDs, never the same", () => {
    const ids = Array.from({ length: 100 }, () => randomIds.newId());
    expect(new Set(ids).size).toBe(100);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
