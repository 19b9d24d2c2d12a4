import { createHash, getHashes, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Digests, RunningDigest } from "../../src/core/ports/digests.ts";

/** Published digests of "123456789" for algorithms that are not in Node's crypto. */
const published: Record<string, string> = {
  crc32: "cbf43926",
  crc32c: "e3069283",
  crc64: "995dc9bbdf1939fa",
  crc64nvme: "ae8b14860a799888",
  adler32: "091e01de",
  xxh32: "937bad67",
  xxh64: "8cb841db40e6ae83",
};

/** Algorithm names in the spelling of Node's crypto (OpenSSL). */
const nodeNames: Record<string, string> = { blake2b: "blake2b512", blake2s: "blake2s256" };

function nodeName(algorithm: string): string | null {
  const name = nodeNames[algorithm] ?? algorithm.replace("_", "-");
  return getHashes().some((known) => known.toLowerCase() === name) ? name : null;
}

const empty = Buffer.alloc(0);

async function oneGo(digests: Digests, algorithm: string, bytes: Uint8Array): Promise<string> {
  const name = nodeName(algorithm);
  if (name !== null) return createHash(name).update(bytes).digest("hex");
  const digest = await digests.start(algorithm);
  await digest.update(bytes);
  return digest.hex();
}

/** Splits `bytes` into pieces of the given lengths and the rest. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)];
}

async function handedOver(
  digests: Digests,
  algorithm: string,
  digest: RunningDigest,
): Promise<RunningDigest> {
  const state = await digest.save();
  digest.release();
  const resumed = await digests.resume(algorithm, state);
  if (resumed === null) throw new Error("the state did not load");
  return resumed;
}

export function digestsContract(name: string, create: () => Digests): void {
  const all = create().algorithms;

  describe(`${name}: every algorithm`, () => {
    it.each(all)(
      "%s: any split, saved and resumed anywhere, gives the digest of one go",
      async (algorithm) => {
        const digests = create();
        const lengths = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 5 });
        await fc.assert(
          fc.asyncProperty(lengths, fc.nat(1_000), fc.nat(63), async (cuts, rest, handovers) => {
            const bytes = randomBytes(cuts.reduce((sum, length) => sum + length, rest));
            let digest = await digests.start(algorithm);
            for (const [index, piece] of cut(bytes, cuts).entries()) {
              await digest.update(piece);
              // Reading the digest does not change it.
              if (index % 2 === 0) await digest.hex();
              if ((handovers >> index) % 2 === 1)
                digest = await handedOver(digests, algorithm, digest);
            }
            expect(await digest.hex()).toBe(await oneGo(digests, algorithm, bytes));
            digest.release();
          }),
          { numRuns: 15 },
        );
      },
    );

    it.each(all)("%s: a result includes all earlier updates", async (algorithm) => {
      const digests = create();
      const digest = await digests.start(algorithm);
      const bytes = randomBytes(3_000_000);
      // The updates are not awaited: only the order of the calls matters.
      for (const piece of cut(bytes, [1, 300_000, 65_536, 2_000_000])) void digest.update(piece);
      const [state, hex] = await Promise.all([digest.save(), digest.hex()]);
      expect(hex).toBe(await oneGo(digests, algorithm, bytes));
      expect(await (await digests.resume(algorithm, state))?.hex()).toBe(hex);
    });

    it.each(all)("%s: a state from one process loads in another", async (algorithm) => {
      const first = await create().start(algorithm);
      await first.update(Buffer.from("12345"));
      const second = await create().resume(algorithm, await first.save());
      await second?.update(Buffer.from("6789"));
      await first.update(Buffer.from("6789"));
      const hex = await first.hex();
      expect(await second?.hex()).toBe(hex);
      expect(hex).toBe(published[algorithm] ?? hex);
    });

    it.each(all)("%s: concurrent digests are independent", async (algorithm) => {
      const digests = create();
      const running = await Promise.all(Array.from({ length: 9 }, () => digests.start(algorithm)));
      const inputs = running.map(() => randomBytes(500));
      for (let at = 0; at < 500; at += 50) {
        running.forEach((digest, index) => {
          digest.update((inputs[index] ?? empty).subarray(at, at + 50));
        });
      }
      running.pop()?.release();
      for (const [index, digest] of running.entries()) {
        expect(await digest.hex()).toBe(await oneGo(digests, algorithm, inputs[index] ?? empty));
      }
    });

    it.each(all)(
      "%s: damaged states and those of other algorithms are refused, without effect on others",
      async (algorithm) => {
        const digests = create();
        const bystander = await digests.start(algorithm);
        await bystander.update(Buffer.from("1234"));
        const state = await (await digests.start(algorithm)).save();
        const other =
          all.find((each) => each.replace("_", "-") !== algorithm.replace("_", "-")) ?? "";
        const hostile = [
          new Uint8Array(0),
          new Uint8Array(state.length),
          randomBytes(state.length),
          randomBytes(7),
          state.subarray(0, -1),
          Buffer.concat([state, Buffer.alloc(1)]),
          ...[0, 1, 9, 13, state.length - 1].map((at) => {
            const damaged = Uint8Array.from(state);
            damaged[at] = (damaged[at] ?? 0) ^ 1;
            return damaged;
          }),
          await (await digests.start(other)).save(),
        ];
        for (const bytes of hostile) expect(await digests.resume(algorithm, bytes)).toBeNull();
        await bystander.update(Buffer.from("56789"));
        expect(await bystander.hex()).toBe(
          await oneGo(digests, algorithm, Buffer.from("123456789")),
        );
      },
    );
  });

  describe(`${name}: names`, () => {
    it("accepts every algorithm of the setting", () => {
      expect(all).toEqual(
        expect.arrayContaining([
          ...["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256"],
          ...["sha3-384", "sha3-512", "blake2b", "blake2s", "blake3", "crc32", "crc32c", "xxh3"],
        ]),
      );
      expect(new Set(all).size).toBe(all.length);
    });

    it("loads a state with any spelling of its algorithm", async () => {
      const digests = create();
      const digest = await digests.start("sha3_256");
      await digest.update(Buffer.from("abc"));
      const resumed = await digests.resume("SHA3-256", await digest.save());
      expect(await resumed?.hex()).toBe(createHash("sha3-256").update("abc").digest("hex"));
    });

    it.each(["", "md6", "constructor", "__proto__", "sha3"])("refuses %j", async (algorithm) => {
      const digests = create();
      const refusal = { code: "INVALID_INPUT" };
      await expect(digests.start(algorithm)).rejects.toMatchObject(refusal);
      await expect(digests.resume(algorithm, new Uint8Array(4))).rejects.toMatchObject(refusal);
    });

    it("fails after its release", async () => {
      const digest = await create().start("md5");
      digest.release();
      digest.release();
      expect(() => digest.update(Buffer.from("x"))).toThrow();
    });
  });
}
