import { describe, expect, it } from "vitest";
import { type FaultOdds, faultKinds, planFaults } from "../../support/fault-plan.ts";

const odds: FaultOdds = { cut: 0.1, reset: 0.1, stall: 0.05, refuse: 0.1, duplicate: 0.1 };

const faultsOf = (seed: number, count: number, from = odds) => {
  const plan = planFaults(seed, from);
  return Array.from({ length: count }, () => plan.next());
};

describe("the plan of faults", () => {
  it("gives the same faults for the same seed", () => {
    expect(faultsOf(7, 500)).toEqual(faultsOf(7, 500));
  });

  it("gives other faults for another seed", () => {
    expect(faultsOf(7, 500)).not.toEqual(faultsOf(8, 500));
  });

  it("knows every kind, each about as often as it was asked for", () => {
    const faults = faultsOf(1, 20_000);
    for (const kind of faultKinds) {
      const share = faults.filter((fault) => fault?.kind === kind).length / faults.length;
      expect(share).toBeCloseTo(odds[kind] ?? 0, 1);
      expect(share).toBeGreaterThan((odds[kind] ?? 0) * 0.8);
    }
  });

  it("does not disturb a request if no fault is planned", () => {
    expect(faultsOf(3, 100, {}).every((fault) => fault === null)).toBe(true);
  });

  it("keeps the moments of the other faults when one kind is left out", () => {
    const all = faultsOf(5, 500, { cut: 0.2, duplicate: 0.1 });
    const fewer = faultsOf(5, 500, { cut: 0.2 });
    const kept = all.map((fault) => (fault?.kind === "cut" ? fault : null));
    expect(fewer).toEqual(kept);
  });
});
