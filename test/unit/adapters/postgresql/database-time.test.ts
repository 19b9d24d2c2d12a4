import { describe, expect, it } from "vitest";
import { DatabaseTime } from "../../../../src/adapters/postgresql/database-time.ts";

const MINUTE = 60_000;

describe("the database's time", () => {
  it("is the database's, however wrong the machine's clock is", async () => {
    const time = new DatabaseTime();
    const ahead = Date.now() + 60 * MINUTE;
    expect(await time.sample(async () => new Date(ahead))).toBe(true);
    const told = time.now().getTime();
    expect(told).toBeGreaterThan(ahead - MINUTE);
    expect(told).toBeLessThan(ahead + MINUTE);
  });

  it("stays what it was when the database tells none", async () => {
    const time = new DatabaseTime();
    await time.sample(async () => new Date(0));
    expect(await time.sample(async () => null)).toBe(false);
    expect(time.now().getTime()).toBeLessThan(MINUTE);
  });
});
