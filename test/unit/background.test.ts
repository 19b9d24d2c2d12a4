import { describe, expect, it } from "vitest";
import { createMemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import { randomIds } from "../../src/adapters/node/ids.ts";
import type { Leases } from "../../src/core/ports/leases.ts";
import { startBackground } from "../../src/server/background.ts";
import { ManualClock } from "../support/manual-clock.ts";

const minute = 60_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function setUp(ask: {
  sweepIntervalMs: number | null;
  rights?: { free: boolean };
  sweep?: (signal?: AbortSignal) => Promise<void>;
}) {
  const clock = new ManualClock();
  const counted = { sweeps: 0, deliveries: 0, finishings: 0, released: 0, errors: 0, acquired: 0 };
  const leases: Leases = {
    acquire: async () => {
      counted.acquired += 1;
      return ask.rights?.free ?? true;
    },
    release: async () => {
      counted.released += 1;
    },
  };
  const background = startBackground({
    core: {
      administration: {
        sweep: async ({ signal }: { signal?: AbortSignal }) => {
          counted.sweeps += 1;
          await ask.sweep?.(signal);
          return { files: 0, records: 0, bytes: 0, strays: [] };
        },
      } as never,
      housekeeping: {
        deliverDue: async () => {
          counted.deliveries += 1;
        },
        strays: async () => ({ count: 0, examples: [] }),
        completeReady: async () => {
          counted.finishings += 1;
        },
      } as never,
    },
    leases,
    refold: async () => 0,
    claims: createMemoryDatabase({ clock, ids: randomIds }).claims,
    ids: randomIds,
    optimize: async () => undefined,
    sweepIntervalMs: ask.sweepIntervalMs,
    clock,
    log: {
      ...silent,
      error: () => {
        counted.errors += 1;
      },
    },
  });
  return { clock, counted, [Symbol.asyncDispose]: () => background.stop() };
}

describe("what the server does by itself", () => {
  it("sweeps soon after the start and then at its interval", async () => {
    await using running = setUp({ sweepIntervalMs: 15 * minute });
    await running.clock.advance(minute);
    expect(running.counted.sweeps).toBe(1);
    await running.clock.advance(45 * minute);
    expect(running.counted.sweeps).toBe(4);
    expect(running.counted.released).toBe(4);
  });

  it("delivers due entries of the outbox every few seconds, and does not sweep if sweeping is off", async () => {
    await using running = setUp({ sweepIntervalMs: null });
    await running.clock.advance(20_000);
    expect(running.counted).toMatchObject({ sweeps: 0, deliveries: 10, finishings: 1 });
    await running.clock.advance(2 * minute);
    expect(running.counted.finishings).toBe(3);
  });

  it("does not sweep while another instance sweeps", async () => {
    await using running = setUp({ sweepIntervalMs: minute, rights: { free: false } });
    await running.clock.advance(10 * minute);
    expect(running.counted.sweeps).toBe(0);
  });

  it("keeps the lease while a sweep is long, and ends the sweep when the lease is lost", async () => {
    const seen: AbortSignal[] = [];
    const sweep = (signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal !== undefined) seen.push(signal);
        signal?.addEventListener("abort", () => resolve());
      });
    const rights = { free: true };
    await using running = setUp({ sweepIntervalMs: 60 * minute, rights, sweep });
    await running.clock.advance(20 * minute);
    expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
    expect(running.counted.acquired).toBeGreaterThan(20);
    rights.free = false;
    await running.clock.advance(minute);
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("never sweeps twice at once", async () => {
    let end = () => {};
    const sweep = () => new Promise<void>((resolve) => (end = resolve));
    await using running = setUp({ sweepIntervalMs: minute, sweep });
    await running.clock.advance(10 * minute);
    expect(running.counted.sweeps).toBe(1);
    end();
    await running.clock.advance(minute);
    expect(running.counted.sweeps).toBe(2);
    end();
  });

  it("goes on after a failure", async () => {
    const sweep = () => Promise.reject(new Error("no disk"));
    await using running = setUp({ sweepIntervalMs: minute, sweep });
    await running.clock.advance(3 * minute);
    expect(running.counted).toMatchObject({ sweeps: 3, errors: 3, released: 3 });
  });

  it("tells a running sweep to end when it is stopped", async () => {
    const sweep = (signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    const running = setUp({ sweepIntervalMs: minute, sweep });
    await running.clock.advance(minute);
    expect(running.counted).toMatchObject({ sweeps: 1, released: 0 });
    await running[Symbol.asyncDispose]();
    expect(running.counted.released).toBe(1);
  });
});
