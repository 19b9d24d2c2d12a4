import { expect, it } from "vitest";
import { createGate } from "../../../src/auth/gate.ts";

it("a gate lets only so many pieces of work run at a time, failing ones included", async () => {
  const gate = createGate(2);
  let running = 0;
  let most = 0;
  const work = async (n: number) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (n % 3 === 0) throw new Error("failed");
    return n;
  };
  const all = Array.from({ length: 20 }, (_, n) => gate(() => work(n)));
  const outcomes = await Promise.allSettled(all);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(7);
  expect(most).toBe(2);
  expect(await gate(async () => "free")).toBe("free");
});
