import { expect, it } from "vitest";
import type { MakeDatabase } from "../support/temp-database.ts";

const HOUR = 3_600_000;

/** What every counter of failures promises to those who limit attempts. */
export function failureCountsContract(makeDatabase: MakeDatabase): void {
  it("counts by key, of many at once none is lost", async () => {
    await using database = await makeDatabase();
    const { failureCounts } = database;
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        failureCounts.add(n % 2 ? ["a", "b"] : ["b", "a"], HOUR),
      ),
    );
    const counts = added.map(([first], n) => (n % 2 ? first?.count : added[n]?.[1]?.count));
    expect(counts.sort((x = 0, y = 0) => x - y)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    const [a, c] = await failureCounts.add(["a", "c"], HOUR);
    expect([a?.count, c?.count]).toEqual([21, 1]);
    expect(a?.remainingMs).toBeLessThanOrEqual(HOUR);
    expect(a?.remainingMs).toBeGreaterThan(HOUR - 60_000);
  });

  it("begins again once a window has ended", async () => {
    await using database = await makeDatabase();
    const { failureCounts } = database;
    await failureCounts.add(["a"], -1_000);
    expect((await failureCounts.add(["a"], HOUR))[0]?.count).toBe(1);
    expect((await failureCounts.add(["a"], HOUR))[0]?.count).toBe(2);
  });

  it("takes failures back, never below none, and forgets a key", async () => {
    await using database = await makeDatabase();
    const { failureCounts } = database;
    await failureCounts.add(["a", "b"], HOUR);
    for (let n = 0; n < 3; n += 1) await failureCounts.takeBack(["a", "unknown"]);
    const counts = await failureCounts.add(["a", "b"], HOUR);
    expect(counts.map(({ count }) => count)).toEqual([1, 2]);
    await failureCounts.clear("b");
    await failureCounts.clear("b");
    expect((await failureCounts.add(["b"], HOUR))[0]?.count).toBe(1);
  });
}
