import { describe, expect, it } from "vitest";
import { runSeed } from "../support/random-file.ts";
import { simulate } from "./simulate.ts";

/** The long form is `npm run simulate -- --minutes 120`. */
const rounds = Number(process.env.SIMULATION_ROUNDS ?? 6);

describe.each([1, 2, 3])(
  "%i instances over simulated crashes, pauses and lost messages",
  (instances) => {
    it("lose nothing acknowledged and bring every upload to its end", {
      timeout: 600_000,
    }, async () => {
      const first = runSeed();
      for (let round = 0; round < rounds; round += 1) {
        const { steps } = await simulate({ seed: first + round, instances, clients: 8 });
        expect(steps).toBeGreaterThan(0);
      }
    });
  },
);
