import type { Chance } from "../support/random-file.ts";
import { type FaultRates, noFaults } from "./faults.ts";

/** A mood of the world: every fault between never and often, or mostly instances that fall behind. */
export function someRates(chance: Chance): FaultRates {
  return chance.next() < 0.2 ? fallingBehind : anyRates(chance);
}

/** Claims are overtaken while their writers sleep, and the database does not tell them at once. */
const fallingBehind: FaultRates = {
  ...noFaults,
  ...{ pause: 0.02, databaseBefore: 0.2, abandoned: 0.5, requestDoubled: 0.3, askLost: 0.5 },
};

function anyRates(chance: Chance): FaultRates {
  const rate = (most: number) => (chance.next() < 0.5 ? 0 : chance.next() * most);
  return {
    ...{ databaseBefore: rate(0.1), databaseAfter: rate(0.1) },
    ...{ storeBefore: rate(0.1), storeAfter: rate(0.1) },
    ...{ stall: rate(0.02), crash: rate(0.003), pause: rate(0.01) },
    ...{ requestLost: rate(0.2), responseLost: rate(0.2), requestDoubled: rate(0.2) },
    ...{ abandoned: rate(0.2), bodyCut: rate(0.1), bodyStall: rate(0.02) },
    ...{ bodyCorrupt: rate(0.2), askLost: rate(0.3) },
  };
}
