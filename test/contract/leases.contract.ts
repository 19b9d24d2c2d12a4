import { expect, it } from "vitest";
import type { MakeDatabase } from "../support/temp-database.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 4, 7, minute));
const ann = { holder: "ann", now: at(0), until: at(10) };
const bob = { holder: "bob", now: at(0), until: at(10) };

/** The contract of named leases. */
export function leasesContract(makeDatabase: MakeDatabase): void {
  it("gives a free lease to one holder, and to no other until it ends", async () => {
    await using database = await makeDatabase();
    const { leases } = database;
    expect(await leases.acquire("sweep", ann)).toBe(true);
    expect(await leases.acquire("sweep", bob)).toBe(false);
    expect(await leases.acquire("other", bob)).toBe(true);
    expect(await leases.acquire("sweep", { ...bob, now: at(9) })).toBe(false);
    expect(await leases.acquire("sweep", { ...bob, now: at(10), until: at(20) })).toBe(true);
    expect(await leases.acquire("sweep", { ...ann, now: at(11), until: at(30) })).toBe(false);
  });

  it("can be extended and shortened by its holder", async () => {
    await using database = await makeDatabase();
    const { leases } = database;
    await leases.acquire("sweep", ann);
    expect(await leases.acquire("sweep", { ...ann, until: at(20) })).toBe(true);
    expect(await leases.acquire("sweep", { ...bob, now: at(15) })).toBe(false);
    expect(await leases.acquire("sweep", { ...ann, until: at(5) })).toBe(true);
    expect(await leases.acquire("sweep", { ...bob, now: at(5) })).toBe(true);
  });

  it("is released by its holder only", async () => {
    await using database = await makeDatabase();
    const { leases } = database;
    await leases.acquire("sweep", ann);
    await leases.release("sweep", "bob");
    expect(await leases.acquire("sweep", bob)).toBe(false);
    await leases.release("sweep", "ann");
    await leases.release("sweep", "ann");
    expect(await leases.acquire("sweep", bob)).toBe(true);
  });

  it("gives a free or ended lease to one of 50 concurrent requests", async () => {
    await using database = await makeDatabase();
    const race = async (now: Date, until: Date) => {
      const racers = Array.from({ length: 50 }, (_, n) =>
        database.leases.acquire("sweep", { holder: `${now.getTime()} ${n}`, now, until }),
      );
      return (await Promise.all(racers)).filter(Boolean).length;
    };
    expect(await race(at(0), at(10))).toBe(1);
    expect(await race(at(10), at(20))).toBe(1);
  });
}
