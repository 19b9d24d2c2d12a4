import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type CombinableName, combineCrcs } from "../../../src/digests/combine-crc.ts";
import { hasherFactories } from "../../../src/digests/factories.ts";

async function checksum(algorithm: CombinableName, bytes: Uint8Array): Promise<string> {
  const hasher = (await hasherFactories[algorithm]()).init();
  return hasher.update(bytes).digest("hex");
}

describe.each(["crc32", "crc64nvme"] as const)("combineCrcs with %s", (algorithm) => {
  it("returns the checksum of the whole for parts of any length", async () => {
    const lengths = [1, 0, 7, 64, 4_096, 100_003, 4_096];
    const parts = lengths.map((length) => randomBytes(length));
    const checked = await Promise.all(
      parts.map(async (part) => ({
        bytes: part.length,
        checksum: await checksum(algorithm, part),
      })),
    );
    expect(combineCrcs(algorithm, checked)).toBe(await checksum(algorithm, Buffer.concat(parts)));
  });

  it("returns the checksum of no bytes for no parts", async () => {
    expect(combineCrcs(algorithm, [])).toBe(await checksum(algorithm, new Uint8Array()));
  });
});
