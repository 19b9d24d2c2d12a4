import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { HashSession } from "../../../src/client/hash-session.ts";
import { openWasmHasher } from "../../../src/client/hashers.ts";
import { fileOf, readBlob } from "./fake-runtime.ts";

const go = () => true;

describe("digesting a file", () => {
  it.each(["md5", "sha1", "sha256", "sha3-256", "blake2b"])(
    "agrees with Node on %s",
    async (algorithm) => {
      const file = fileOf(1_000);
      const node = { blake2b: "blake2b512" }[algorithm] ?? algorithm;
      const expected = createHash(node)
        .update(await readBlob(file))
        .digest("hex");
      expect(await new HashSession(file, () => openWasmHasher(algorithm)).digest(1_000, go)).toBe(
        expected,
      );
    },
  );

  it("returns the digest of a prefix and continues from there", async () => {
    const file = fileOf(5 * 2 ** 20);
    const bytes = await readBlob(file);
    const session = new HashSession(file, () => openWasmHasher("md5"));
    const read: number[] = [];
    const note = (at: number) => read.push(at) > 0;
    expect(await session.digest(1_000, note)).toBe(
      createHash("md5").update(bytes.subarray(0, 1_000)).digest("hex"),
    );
    expect(await session.digest(bytes.length, note)).toBe(
      createHash("md5").update(bytes).digest("hex"),
    );
    expect(read).toEqual([1_000, 1_000 + 4 * 2 ** 20, 5 * 2 ** 20]);
  });

  it("stops when it is no longer wanted, and keeps its state", async () => {
    const file = fileOf(9 * 2 ** 20);
    const session = new HashSession(file, () => openWasmHasher("md5"));
    expect(await session.digest(file.size, () => false)).toBeNull();
    const expected = createHash("md5")
      .update(await readBlob(file))
      .digest("hex");
    expect(await session.digest(file.size, go)).toBe(expected);
  });

  it("rejects an unknown algorithm", async () => {
    const session = new HashSession(fileOf(1), () => openWasmHasher("rot13"));
    await expect(session.digest(1, go)).rejects.toMatchObject({ code: "UNKNOWN_ALGORITHM" });
  });
});
