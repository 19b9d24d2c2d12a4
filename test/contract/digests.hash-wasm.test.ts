import { blake3, xxhash3, xxhash128 } from "hash-wasm";
import { describe, expect, it } from "vitest";
import { createDigests } from "../../src/adapters/hash-wasm/digests.ts";
import { digestsContract } from "./digests.contract.ts";

digestsContract("hash-wasm", () => createDigests());

describe("hash-wasm: digests without a second implementation", () => {
  it.each([
    ["blake3", blake3],
    ["xxh3", xxhash3],
    ["xxh128", xxhash128],
  ] as const)("%s equals the library's one-shot function", async (algorithm, oneShot) => {
    const bytes = Buffer.alloc(100_000, "chunk");
    const digest = await createDigests().start(algorithm);
    await digest.update(bytes.subarray(0, 77));
    await digest.update(bytes.subarray(77));
    expect(await digest.hex()).toBe(await oneShot(bytes));
  });
});
