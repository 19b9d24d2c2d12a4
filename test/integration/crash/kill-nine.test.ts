import { describe, expect, it } from "vitest";
import { runSeed } from "../../support/random-file.ts";
import { killNine } from "./kill-nine.ts";

const rounds = Number(process.env.KILL_ROUNDS ?? 8);

describe("a server that is killed while chunks stream", () => {
  it(`keeps every acknowledged byte over ${rounds} kills`, {
    timeout: 20_000 * rounds,
  }, async () => {
    const seed = runSeed();
    const report = await killNine({ rounds, seed }).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    expect(report.completed).toBe(report.uploads);
    expect(report.hits).toBeGreaterThan(rounds / 2);
  });
});
