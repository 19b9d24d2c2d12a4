import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { createDigests } from "../../src/adapters/hash-wasm/digests.ts";
import type { Digests } from "../../src/core/ports/digests.ts";
import { hashThreads } from "../support/hash-threads.ts";
import { digestsContract } from "./digests.contract.ts";

const threads = await hashThreads(2);
afterAll(() => threads[Symbol.asyncDispose]());

/** A large number of bytes, so that every digest runs on a thread. */
function alwaysOnThreads(): Digests {
  const digests = createDigests(threads);
  const outlook = { bytes: Number.MAX_SAFE_INTEGER };
  return {
    algorithms: digests.algorithms,
    start: (algorithm) => digests.start(algorithm, outlook),
    resume: (algorithm, state) => digests.resume(algorithm, state, outlook),
  };
}

digestsContract("hash-wasm on threads", alwaysOnThreads);

describe("hash-wasm on threads", () => {
  it("continues with a state from the main thread, and the main thread with its state", async () => {
    const here = createDigests();
    const there = alwaysOnThreads();
    const bytes = randomBytes(1_000_000);
    const first = await here.start("sha256");
    await first.update(bytes.subarray(0, 400_000));
    const second = await there.resume("sha256", await first.save());
    await second?.update(bytes.subarray(400_000, 900_000));
    const third = await here.resume("sha256", (await second?.save()) ?? new Uint8Array());
    await third?.update(bytes.subarray(900_000));
    await first.update(bytes.subarray(400_000));
    expect(await third?.hex()).toBe(await first.hex());
  });

  it("makes the caller wait while the thread is behind, and loses nothing", async () => {
    const digest = await alwaysOnThreads().start("sha3-512");
    const bytes = randomBytes(5 * 2 ** 20);
    // More than the shared memory can hold; nothing is freed before this function yields.
    const room = digest.update(bytes);
    expect(room).toBeInstanceOf(Promise);
    await room;
    expect(await digest.hex()).toBe(createHash("sha3-512").update(bytes).digest("hex"));
  });

  it("keeps the process alive only while a result is pending", async () => {
    const script = path.join(import.meta.dirname, "../support/hash-and-leave.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script]);
    expect(stdout.trim()).toBe(createHash("md5").update(Buffer.alloc(50_000_000)).digest("hex"));
  });

  it("fails the digests of a thread that died, and starts the next on a new thread", async () => {
    await using mortal = await hashThreads(1);
    const digests = createDigests(mortal);
    const outlook = { bytes: 2 ** 30 };
    const lost = await digests.start("md5", outlook);
    await lost.update(randomBytes(500_000));
    await mortal.end();
    await expect(lost.save()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await lost.update(randomBytes(5_000_000));
    await expect(lost.hex()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    lost.release();
    const next = await digests.start("md5", outlook);
    await next.update(Buffer.from("abc"));
    expect(await next.hex()).toBe("900150983cd24fb0d6963f7d28e17f72");
  });
});
