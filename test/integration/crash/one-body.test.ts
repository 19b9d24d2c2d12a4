import { describe, expect, it } from "vitest";
import { runSeed } from "../../support/random-file.ts";
import { killInBodies } from "./one-body.ts";

const MIB = 2 ** 20;
const size = Number(process.env.ONE_BODY_MIB ?? 128) * MIB;

describe("one large body whose server is killed at a random moment", () => {
  it("loses at most 16 MiB", { timeout: 300_000 }, async () => {
    const seed = runSeed();
    for (const { lost, wrongByte, sent } of await killInBodies({ size, rounds: 3, seed })) {
      expect(lost, `seed ${seed}, killed after ${sent}`).toBeLessThanOrEqual(16 * MIB);
      expect(wrongByte, `seed ${seed}, killed after ${sent}`).toBeNull();
    }
  });
});
