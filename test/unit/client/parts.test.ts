import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../src/client/backoff.ts";
import { ChunkPlan } from "../../../src/client/chunk-plan.ts";
import { readFailure, UploadFailure } from "../../../src/client/failure.ts";
import { Pace } from "../../../src/client/pace.ts";
import { retryAfterMs } from "../../../src/client/retry-after.ts";
import { Slots } from "../../../src/client/slots.ts";
import { Speedometer } from "../../../src/client/speed.ts";

describe("the chunk plan", () => {
  it("returns each missing chunk once, in order", () => {
    const plan = new ChunkPlan(450, 100, [{ start: 100, end: 200 }]);
    expect([plan.take(), plan.take(), plan.take(), plan.take(), plan.take()]).toEqual([
      0,
      2,
      3,
      4,
      null,
    ]);
    expect(plan.remaining(4)).toEqual({ start: 400, end: 450 });
  });

  it("continues inside the chunk where the prefix ends, and sends all others whole", () => {
    const plan = new ChunkPlan(400, 100, [
      { start: 0, end: 130 },
      { start: 250, end: 280 },
    ]);
    expect(plan.remaining(1)).toEqual({ start: 130, end: 200 });
    expect(plan.remaining(2)).toEqual({ start: 200, end: 300 });
  });

  it("keeps what was acknowledged during a status request", () => {
    const plan = new ChunkPlan(300, 100, []);
    plan.statusRequested();
    plan.acknowledge({ start: 100, end: 200 });
    plan.heldByServer([{ start: 0, end: 100 }]);
    expect(plan.take()).toBe(2);
  });

  it("sends again what the server no longer holds", () => {
    const plan = new ChunkPlan(200, 100, []);
    plan.acknowledge({ start: 0, end: 200 });
    plan.statusRequested();
    plan.heldByServer([]);
    expect(plan.take()).toBe(0);
  });
});

describe("the delay before the next attempt", () => {
  const policy = { baseMs: 500, maxMs: 30_000, attempts: 10 };
  const plain = { retryAfterMs: null };

  it("doubles its upper limit up to the maximum, and is random below it", () => {
    const ceilings = [1, 2, 3, 10].map((attempt) =>
      backoffMs(attempt, plain, { policy, random: () => 1 }),
    );
    expect(ceilings).toEqual([500, 1_000, 2_000, 30_000]);
    expect(backoffMs(5, plain, { policy, random: () => 0 })).toBe(0);
  });

  it("is never shorter than Retry-After", () => {
    expect(backoffMs(1, { retryAfterMs: 9_000 }, { policy, random: () => 0 })).toBe(9_000);
  });

  it("accepts seconds in the header and nothing else", () => {
    expect([
      retryAfterMs("3"),
      retryAfterMs(null),
      retryAfterMs("Tue, 24 Nov 2026 00:00:00 GMT"),
    ]).toEqual([3_000, null, null]);
  });
});

describe("reading a failure", () => {
  const control = (data: unknown) =>
    Object.assign(new Error("said"), { name: "TRPCClientError", data });

  it("takes the code and the details from the error of a control call", () => {
    const failure = readFailure(
      control({ httpStatus: 400, upload: { code: "TOO_LARGE", limit: 5 } }),
    );
    expect(failure).toMatchObject({ code: "TOO_LARGE", message: "said", details: { limit: 5 } });
  });

  it("distinguishes a missing response from a refusal", () => {
    expect(readFailure(control(undefined))).toMatchObject({
      code: "NETWORK",
      message: "The server did not respond.",
    });
    expect(readFailure(control({ httpStatus: 502 })).code).toBe("UNAVAILABLE");
    expect(readFailure("?").code).toBe("UNEXPECTED");
  });
});

describe("the speed", () => {
  it("is the average at first and then weighted to the last seconds; the time left is known after two seconds", () => {
    const meter = new Speedometer();
    meter.sample(0, 0);
    meter.sample(1_000, 1_000);
    expect(meter.speed).toBe(1_000);
    expect(meter.secondsFor(5_000)).toBeNull();
    for (let second = 2; second <= 60; second += 1)
      meter.sample(second < 30 ? 1_000 * second : 30_000, second * 1_000);
    expect(meter.speed).toBeLessThan(20);
  });

  it("determines the time left", () => {
    const meter = new Speedometer();
    for (let second = 0; second <= 5; second += 1) meter.sample(2_000 * second, second * 1_000);
    expect(meter.secondsFor(20_000)).toBeCloseTo(10);
    meter.reset();
    expect(meter.speed).toBeNull();
  });
});

describe("slots", () => {
  it("are passed on in order, and an aborted wait ends", async () => {
    const slots = new Slots(1);
    const { signal } = new AbortController();
    const first = await slots.acquire(signal);
    const stop = new AbortController();
    const impatient = slots.acquire(stop.signal);
    const patient = slots.acquire(signal);
    stop.abort();
    await expect(impatient).rejects.toBeInstanceOf(UploadFailure);
    first();
    first();
    const second = await patient;
    const third = slots.acquire(signal);
    second();
    await expect(third).resolves.toBeTypeOf("function");
  });
});

describe("the number of parallel chunks", () => {
  it("sends one chunk at a time while the connection is busy, and more when most of the time is spent waiting", () => {
    const pace = new Pace(3);
    expect(pace.parallel).toBe(1);
    pace.observe(95, 100);
    expect(pace.parallel).toBe(1);
    for (let chunk = 0; chunk < 8; chunk += 1) pace.observe(10, 100);
    expect(pace.parallel).toBe(3);
    for (let chunk = 0; chunk < 8; chunk += 1) pace.observe(95, 100);
    expect(pace.parallel).toBe(1);
  });

  it("never sends long chunks in parallel", () => {
    const pace = new Pace(3);
    pace.observe(100, 5_000);
    expect(pace.parallel).toBe(1);
  });
});
