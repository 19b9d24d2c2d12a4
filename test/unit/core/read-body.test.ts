import { describe, expect, it } from "vitest";
import { BodyInterrupted, readBody } from "../../../src/core/append/read-body.ts";
import { isUploadError, UploadError } from "../../../src/core/errors.ts";
import type { Clock } from "../../../src/core/ports/system.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const IDLE = 60_000;

/** A line on which a test sends what it likes, when it likes. */
function openLine() {
  const waiting: {
    resolve: (result: IteratorResult<Uint8Array>) => void;
    reject: (error: Error) => void;
  }[] = [];
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise((resolve, reject) => void waiting.push({ resolve, reject })),
    }),
  };
  return {
    body,
    send: (length: number) =>
      waiting.shift()?.resolve({ done: false, value: new Uint8Array(length) }),
    end: () => waiting.shift()?.resolve({ done: true, value: undefined }),
    cut: () => waiting.shift()?.reject(new Error("ECONNRESET")),
  };
}

function reading(
  body: AsyncIterable<Uint8Array>,
  clock: ManualClock,
  signal = new AbortController().signal,
) {
  const lengths: number[] = [];
  const outcome = (async () => {
    for await (const bytes of readBody(body, { signal, idleMs: IDLE, clock }))
      lengths.push(bytes.length);
    return "ended";
  })().catch((error: unknown) => error);
  return { lengths, outcome };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("reading a body", () => {
  it("passes its bytes on until it ends", async () => {
    const line = openLine();
    const { lengths, outcome } = reading(line.body, new ManualClock());
    for (const length of [3, 0, 5]) {
      line.send(length);
      await turn();
    }
    line.end();
    expect(await outcome).toBe("ended");
    expect(lengths).toEqual([3, 5]);
  });

  it("tells a broken line from an end", async () => {
    const line = openLine();
    const { lengths, outcome } = reading(line.body, new ManualClock());
    line.send(3);
    await turn();
    line.cut();
    expect(await outcome).toBeInstanceOf(BodyInterrupted);
    expect(lengths).toEqual([3]);
  });

  it("ends when no byte comes for too long", async () => {
    const clock = new ManualClock();
    const line = openLine();
    const { outcome } = reading(line.body, clock);
    await turn();
    await clock.advance(IDLE - 1);
    line.send(1);
    await turn();
    await clock.advance(IDLE - 1);
    line.send(1);
    await turn();
    await clock.advance(2 * IDLE);
    expect(await outcome).toBeInstanceOf(BodyInterrupted);
  });

  it("does not take a suspension of our process for the silence of the sender", async () => {
    const clock = new ManualClock();
    const line = openLine();
    // After a suspension the timer fires first, and then the byte that came meanwhile is read.
    const resumed: Clock = {
      now: () => clock.now(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      turn: async () => {
        line.send(1);
        await clock.turn();
      },
    };
    const { signal } = new AbortController();
    const body = readBody(line.body, { signal, idleMs: IDLE, clock: resumed });
    const first = body.next();
    await clock.advance(10 * IDLE);
    expect(await first).toMatchObject({ done: false });
  });

  it("stops at once, with the reason given, though no byte comes", async () => {
    const line = openLine();
    const abort = new AbortController();
    const { outcome } = reading(line.body, new ManualClock(), abort.signal);
    await turn();
    abort.abort(new UploadError("BUSY"));
    const error = await outcome;
    expect(isUploadError(error) && error.code).toBe("BUSY");
  });

  it("asks nothing more of the clock when its reader has forgotten it in the middle", async () => {
    const clock = new ManualClock();
    let sleeps = 0;
    const counting: Clock = {
      now: () => clock.now(),
      turn: () => clock.turn(),
      sleep: (ms, signal) => {
        sleeps += 1;
        return clock.sleep(ms, signal);
      },
    };
    const line = openLine();
    const { signal } = new AbortController();
    const left = readBody(line.body, { signal, idleMs: IDLE, clock: counting });
    const first = left.next();
    await turn();
    line.send(1);
    expect((await first).done).toBe(false);
    await clock.advance(IDLE);
    const before = sleeps;
    await clock.advance(20 * IDLE);
    expect(sleeps).toBe(before);
  });

  it("still ends by silence after its reader was busy for long", async () => {
    const clock = new ManualClock();
    const line = openLine();
    const { signal } = new AbortController();
    const body = readBody(line.body, { signal, idleMs: IDLE, clock });
    const first = body.next();
    await turn();
    line.send(1);
    await first;
    await clock.advance(5 * IDLE);
    const second = body.next().catch((error: unknown) => error);
    await clock.advance(IDLE - 1);
    line.send(1);
    expect(await second).toMatchObject({ done: false });
    const third = body.next().catch((error: unknown) => error);
    await clock.advance(2 * IDLE);
    expect(await third).toBeInstanceOf(BodyInterrupted);
  });
});
