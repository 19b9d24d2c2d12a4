import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import {
  breakAssembly,
  bytesOf,
  join,
  partial,
  record,
  stuck,
  third,
  threePartials,
  type World,
} from "../../support/concat-run.ts";
import { once, settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { codeOf } from "../../support/upload-run.ts";

const DAY = 86_400_000;

describe("a part whose bytes are another final's", () => {
  it("is not guessed at when the records before it are gone", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const [first = "", second = "", last = ""] = parts;
    await join(world, parts);
    await world.service.remove(alice, first);
    expect(await join(world, [second]).catch(codeOf)).toBe("EXPIRED");
    expect(await join(world, [last, second]).catch(codeOf)).toBe("EXPIRED");
  });

  it("is found when only what stood behind it is gone", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const [first = "", second = "", last = ""] = parts;
    await join(world, parts);
    await world.service.remove(alice, last);
    const other = await join(world, [second, first]);
    const expected = Buffer.concat([third(1), third(0)]);
    expect((await bytesOf(world, other.id)).equals(expected)).toBe(true);
  });

  it("is not read from a wrong place when an older part's time was over first", async () => {
    const world = memoryCore();
    const old = await partial(world, third(0));
    await world.clock.advance(DAY / 2);
    const young = await partial(world, third(1));
    await join(world, [old, young]);
    await world.clock.advance(DAY / 2);
    await world.administration.sweep({});
    expect(await record(world, old)).toBeNull();
    expect(await join(world, [young]).catch(codeOf)).toBe("EXPIRED");
  });

  it("keeps what tells its place while a final that reads it is unfinished", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const [first = "", second = ""] = parts;
    await join(world, parts);
    breakAssembly(world, 0);
    await stuck(world, [second]);
    expect(await world.service.remove(alice, first).catch(codeOf)).toBe("BUSY");
    const other = await join(world, [second]);
    expect((await bytesOf(world, other.id)).equals(third(1))).toBe(true);
    await world.service.remove(alice, first);
  });
});

describe("a part that only tells where another one lies", () => {
  /** The first part is the first final's; the second lies behind it in another, where a third reads it. */
  async function readBehind(world: World) {
    const [first = "", second = ""] = await threePartials(world);
    const { id: owning } = await join(world, [first]);
    await join(world, [first, second]);
    return { first, second, owning };
  }

  it("is kept, with the final that it belongs to, while that one is read", async () => {
    const world = memoryCore();
    const { first, second, owning } = await readBehind(world);
    breakAssembly(world, 0);
    await stuck(world, [second]);
    expect(await world.service.remove(alice, first).catch(codeOf)).toBe("BUSY");
    expect(await world.service.remove(alice, owning).catch(codeOf)).toBe("BUSY");
    const { id } = await join(world, [second]);
    expect((await bytesOf(world, id)).equals(third(1))).toBe(true);
    await world.service.remove(alice, owning);
    expect(await record(world, first)).toBeNull();
  });

  it("is as good as gone for a new final when it is being ended", async () => {
    const world = memoryCore();
    const { first, second } = await readBehind(world);
    let goOn = () => {};
    once(world.store, "remove", async (remove) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return remove();
    });
    const ending = world.service.remove(alice, first);
    await settle();
    expect(await join(world, [second]).catch(codeOf)).toBe("EXPIRED");
    goOn();
    await ending;
    expect(await world.database.uploads.readyToComplete({ limit: 10 })).toEqual([]);
  });
});

describe("two finals of the same parts that cannot be put together", () => {
  /** The store takes no more: both stay where they are. */
  async function bothStuck(world: World): Promise<{ owning: string; reading: string }> {
    const parts = await threePartials(world);
    world.store.open = async () => {
      throw new UploadError("STORAGE_FULL");
    };
    const owning = await stuck(world, parts);
    const reading = await stuck(world, [...parts].reverse());
    expect([owning.state, reading.state]).toEqual(["uploading", "uploading"]);
    return { owning: owning.id, reading: reading.id };
  }

  it("can be deleted: first the one that no final reads, then the other", async () => {
    const world = memoryCore();
    const { owning, reading } = await bothStuck(world);
    expect(await world.service.remove(alice, owning).catch(codeOf)).toBe("BUSY");
    await world.service.remove(alice, reading);
    await world.service.remove(alice, owning);
    const left: unknown[] = [];
    for await (const object of world.store.objects()) left.push(object);
    expect(left).toEqual([]);
  });

  it("are swept when their time is over", async () => {
    const world = memoryCore();
    const { owning, reading } = await bothStuck(world);
    await world.clock.advance(DAY);
    await world.administration.sweep({});
    expect([await record(world, owning), await record(world, reading)]).toEqual([null, null]);
    const left: unknown[] = [];
    for await (const object of world.store.objects()) left.push(object);
    expect(left).toEqual([]);
  });
});

describe("a part that is claimed for a final about to be written", () => {
  it("cannot be ended before that", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    let goOn = () => {};
    once(world.database.uploads, "insert", async (insert) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return insert();
    });
    const joining = join(world, parts);
    await settle();
    expect(await world.service.remove(alice, parts[1] ?? "").catch(codeOf)).toBe("BUSY");
    goOn();
    expect(await joining).toMatchObject({ state: "complete" });
  });

  it("can be ended once its claim is a dead one's", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    once(world.database.uploads, "insert", () => new Promise(() => {}));
    void join(world, parts);
    await settle();
    await world.clock.advance(31_000);
    await world.service.remove(alice, parts[1] ?? "");
    expect(await record(world, parts[1] ?? "")).toBeNull();
  });
});

describe("a final and the end of what it reads, at once", () => {
  /** A second final of the middle part, held up before its record is written. */
  async function heldUp(world: World) {
    const parts = await threePartials(world);
    const first = await join(world, parts);
    let goOn = () => {};
    once(world.database.uploads, "insert", async (insert) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return insert();
    });
    const second = join(world, [parts[1] ?? ""]).then(({ state }) => state, codeOf);
    await settle();
    return { first: first.id, second, goOn };
  }

  it("is refused when the other was faster, and leaves nothing", async () => {
    const world = memoryCore();
    const { first, second, goOn } = await heldUp(world);
    await world.service.remove(alice, first);
    goOn();
    expect(await second).toBe("NOT_FOUND");
    expect(await world.database.uploads.readyToComplete({ limit: 10 })).toEqual([]);
  });

  it("is whole when it was faster by a moment, and the other has to wait", async () => {
    const world = memoryCore();
    const { first, second, goOn } = await heldUp(world);
    // The final is written after the look for readers, and before the mark.
    once(world.database.uploads, "update", async (update) => {
      goOn();
      await settle();
      return update();
    });
    breakAssembly(world, 0);
    expect(await world.service.remove(alice, first).catch(codeOf)).toBe("BUSY");
    expect(await second).toBe("UNAVAILABLE");
    expect(await record(world, first)).toMatchObject({ state: "complete" });
    await world.housekeeping.completeReady(new AbortController().signal);
    await settle();
    expect(await world.database.uploads.readyToComplete({ limit: 10 })).toEqual([]);
    await world.service.remove(alice, first);
  });
});

describe("the end of a final and of its partials, asked for at once", () => {
  it("leaves nothing behind, whichever final claims a partial first", async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const world = memoryCore();
      const parts = await threePartials(world);
      const { id } = await join(world, parts);
      const ends = [world.service.remove(alice, id).catch(codeOf)];
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      for (const part of parts) ends.push(world.service.remove(alice, part).catch(codeOf));
      expect((await Promise.all(ends))[0], `after ${turns} turns`).toBeUndefined();
      expect(await world.database.uploads.unsettled({ limit: 10 })).toEqual([]);
      for (const each of [id, ...parts]) expect(await record(world, each)).toBeNull();
    }
  });
});
