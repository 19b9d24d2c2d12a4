import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import { bytesOf, join, third, threePartials, type World } from "../../support/concat-run.ts";
import { once, settle } from "../../support/live-body.ts";
import { memoryCore } from "../../support/memory-core.ts";

/**
 * Lets time pass until `work` has ended. A fixed time is not enough: what loads a digest runs by the
 * machine's clock, not by the world's.
 */
async function letPass<T>(world: World, work: Promise<T>): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) {
    await settle();
    await world.clock.advance(10);
  }
  return work;
}

describe("finals that are created concurrently from the same parts", () => {
  it("wait while one has claimed the parts and writes its record", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const [claimed, slow] = [createDeferred<void>(), createDeferred<void>()];
    once(world.database.uploads, "insert", async (insert) => {
      claimed.resolve();
      await slow.promise;
      return insert();
    });
    const first = join(world, parts);
    await claimed.promise;
    const second = join(world, [...parts].reverse());
    await world.clock.advance(2_000);
    slow.resolve();
    expect(await letPass(world, first)).toMatchObject({ state: "complete" });
    const turned = await letPass(world, second);
    expect(turned).toMatchObject({ state: "complete" });
    const expected = Buffer.concat([third(2), third(1), third(0)]);
    expect((await bytesOf(world, turned.id)).equals(expected)).toBe(true);
  });

  it("never wait for each other, in whatever order they name the parts", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    // Every claim takes a moment: requests that claim in their own order would hold one part each.
    const { update } = world.database.uploads;
    world.database.uploads.update = async (...change) => {
      await settle();
      return update(...change);
    };
    const [a = "", b = "", c = ""] = parts;
    const orders = [
      [a, b, c],
      [c, b, a],
      [b, c, a],
      [c, a, b],
    ];
    const finals = Promise.all(orders.map((order) => join(world, order)));
    expect((await letPass(world, finals)).map(({ state }) => state)).toEqual(
      Array(4).fill("complete"),
    );
  });
});
