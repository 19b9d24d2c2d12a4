import { describe, expect, it } from "vitest";
import { Writers } from "../../../src/core/append/writers.ts";
import { isUploadError, UploadError } from "../../../src/core/errors.ts";

const codeOf = (error: unknown) => (isUploadError(error) ? error.code : error);
const settledYet = async (promise: Promise<unknown>) => {
  const pending = Symbol("pending");
  // A few turns of the event loop are enough for everything that does not wait for another writer.
  const turns = new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(pending))));
  return (await Promise.race([promise.catch(() => {}), turns])) !== pending;
};

describe("writers of one upload", () => {
  it("write side by side where their ranges do not overlap", async () => {
    const writers = new Writers();
    const first = await writers.take("u", { start: 0, end: 10 });
    const second = await writers.take("u", { start: 10, end: 20 });
    expect([first.signal.aborted, second.signal.aborted]).toEqual([false, false]);
  });

  it("stop for a newer one, which waits until they have committed what they received", async () => {
    const writers = new Writers();
    const older = await writers.take("u", { start: 0, end: 10 });
    const newer = writers.take("u", { start: 5, end: 15 });
    expect(older.stopReason).toMatchObject({ keep: true, error: { code: "BUSY" } });
    expect(await settledYet(newer)).toBe(false);
    writers.release("u", older);
    const { signal, hasOvertaken } = await newer;
    expect([signal.aborted, hasOvertaken, older.hasOvertaken]).toEqual([false, true, false]);
  });

  it("overtake even those that still wait: the newest of many wins", async () => {
    const writers = new Writers();
    const first = await writers.take("u", { start: 0, end: 10 });
    const waiting = Array.from({ length: 15 }, () => {
      return writers.take("u", { start: 0, end: 10 }).then(() => "writes", codeOf);
    });
    writers.release("u", first);
    const outcomes = await Promise.all(waiting);
    expect(outcomes).toEqual([...Array(14).fill("BUSY"), "writes"]);
  });

  it("are all stopped and awaited by a delete", async () => {
    const writers = new Writers();
    const slot = await writers.take("u", { start: 0, end: 10 });
    const stopped = writers.stopAll("u", new UploadError("NOT_FOUND"));
    expect(slot.stopReason).toMatchObject({ keep: false, error: { code: "NOT_FOUND" } });
    expect(await settledYet(stopped)).toBe(false);
    writers.release("u", slot);
    await stopped;
    expect(writers.isWriting("u")).toBe(false);
  });

  it("may end by themselves at shutdown, and keep what they have when patience ends", async () => {
    const writers = new Writers();
    const quick = await writers.take("a", { start: 0, end: 10 });
    const slow = await writers.take("b", { start: 0, end: 10 });
    let losePatience = () => {};
    const drained = writers.drain(new Promise((resolve) => (losePatience = resolve)));
    expect(codeOf(await writers.take("c", { start: 0, end: 1 }).catch((error) => error))).toBe(
      "UNAVAILABLE",
    );
    writers.release("a", quick);
    expect(slow.signal.aborted).toBe(false);
    losePatience();
    await settledYet(Promise.resolve());
    expect(slow.stopReason).toMatchObject({ keep: true, error: { code: "UNAVAILABLE" } });
    writers.release("b", slow);
    await drained;
  });

  it("must not keep after a takeover or a shutdown what a delete forbade", async () => {
    const writers = new Writers();
    const older = await writers.take("u", { start: 0, end: 10 });
    const newer = writers.take("u", { start: 0, end: 10 });
    const stopped = writers.stopAll("u", new UploadError("NOT_FOUND"));
    older.stop({ error: new UploadError("UNAVAILABLE"), keep: true });
    expect(older.stopReason).toMatchObject({ keep: false, error: { code: "NOT_FOUND" } });
    writers.release("u", older);
    expect(codeOf(await newer.catch((error) => error))).toBe("NOT_FOUND");
    await stopped;
  });

  it("remember the offset that was returned while one was live, until a body starts", async () => {
    const writers = new Writers();
    const slot = await writers.take("u", { start: 0, end: 10 });
    writers.report("u", 4);
    writers.release("u", slot);
    expect([4, 5, undefined].map((at) => writers.hasReported("u", at))).toEqual([
      ...[true, false, false],
    ]);
    const next = await writers.take("u", { start: 4, end: 10 });
    expect(writers.hasReported("u", 4)).toBe(false);
    writers.report("u", 6);
    writers.release("u", next);
    writers.report("u", 8);
    expect([6, 8].map((at) => writers.hasReported("u", at))).toEqual([false, false]);
  });
});
