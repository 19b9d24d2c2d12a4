import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import { UploadError } from "../../../src/core/errors.ts";
import type { Upload } from "../../../src/core/upload.ts";
import {
  breakAssembly,
  bytesOf,
  file,
  join,
  partial,
  patch,
  record,
  stuck,
  third,
  threePartials,
} from "../../support/concat-run.ts";
import { once, settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { codeOf, md5 } from "../../support/upload-run.ts";

describe("a crash", () => {
  it("during assembly loses nothing: it continues at the record's offset", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    breakAssembly(world, 3);
    const cut = await stuck(world, parts);
    // The second part is 100,000 bytes in blocks of 64 KiB: one block of it was kept.
    expect(cut).toMatchObject({ state: "uploading", offset: 165_536 });
    expect(await world.store.length((await record(world, parts[0] ?? "")) as Upload)).toBe(0);

    const after = memoryCore({ after: world });
    const asked: [string, number][] = [];
    const { read } = after.store;
    after.store.read = (upload, range) => {
      asked.push([upload.id, range.start]);
      return read.call(after.store, upload, range);
    };
    await after.housekeeping.completeReady(new AbortController().signal);
    const final = await join(after, parts);
    expect(final).toMatchObject({ id: cut.id, state: "complete", checksum: md5(file) });
    expect(asked).toEqual([
      [parts[1], 65_536],
      [parts[2], 0],
    ]);
    expect((await bytesOf(after, final.id)).equals(file)).toBe(true);
  });

  it("between claims and final leaves the partials to the same list at once, to others later", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    once(world.database.uploads, "insert", () => new Promise(() => {}));
    void join(world, parts);
    await settle();
    expect(await record(world, parts[0] ?? "")).toMatchObject({ state: "merged" });
    const [first = "", second = "", third = ""] = parts;
    const early = join(world, [third, first]).catch(codeOf);
    await world.clock.advance(6_000);
    expect(await early).toBe("BUSY");
    await world.clock.advance(25_000);
    const other = await join(world, [third, first]);
    expect(other).toMatchObject({ state: "complete", size: 200_000 });
    const late = await join(world, [first, second, third]);
    expect((await bytesOf(world, late.id)).equals(file)).toBe(true);
  });

  it("is no reason to wait for the same list", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    once(world.database.uploads, "insert", () => new Promise(() => {}));
    void join(world, parts);
    await settle();
    expect(await join(world, parts)).toMatchObject({ state: "complete", checksum: md5(file) });
  });

  it("that cost the store a claimed part lets it be sent again", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    once(world.database.uploads, "insert", () => new Promise(() => {}));
    void join(world, parts);
    await settle();
    const lost = await record(world, parts[1] ?? "");
    if (lost !== null) await world.store.remove(lost);
    expect(await join(world, parts).catch(codeOf)).toBe("INCOMPLETE");
    expect(await record(world, parts[1] ?? "")).toMatchObject({ state: "uploading", offset: 0 });
    await patch(world, parts[1] ?? "", { bytes: third(1) });
    expect(await join(world, parts)).toMatchObject({ state: "complete", checksum: md5(file) });
  });

  it("that was a failure only gives the partials back", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    once(world.database.uploads, "insert", async () => {
      throw new UploadError("UNAVAILABLE");
    });
    expect(await join(world, parts).catch(codeOf)).toBe("UNAVAILABLE");
    for (const id of parts) {
      expect(await record(world, id)).toMatchObject({ state: "uploading", finalId: null });
    }
    expect(await join(world, [...parts].reverse())).toMatchObject({ state: "complete" });
  });

  it("between the last byte and the completion leaves an upload that completes when asked for", async () => {
    const world = memoryCore();
    const { id } = await world.service.init(alice, { filename: "a", size: 4, origin: "tus" });
    const { update } = world.database.uploads;
    world.database.uploads.update = async (upload, changes, guard) => {
      if (changes.state === "complete") throw new UploadError("UNAVAILABLE");
      return update(upload, changes, guard);
    };
    expect(await patch(world, id, { bytes: Buffer.from("data") }).catch(codeOf)).toBe(
      "UNAVAILABLE",
    );
    world.database.uploads.update = update;
    expect(await record(world, id)).toMatchObject({ state: "uploading", offset: 4 });
    expect(await world.service.resume(alice, id)).toMatchObject({ state: "complete" });
  });
});

describe("sweeping", () => {
  const DAY = 86_400_000;

  it("takes expired partials, and merged ones whose final is done", async () => {
    const world = memoryCore();
    const lone = await partial(world, Buffer.from("lone"));
    const merged = await partial(world, Buffer.from("merged"));
    const { id } = await join(world, [merged]);
    await world.clock.advance(DAY);
    expect(await world.administration.sweep({ dryRun: true })).toMatchObject({
      ...{ files: 1, records: 2, bytes: 4 },
    });
    expect(await world.administration.sweep({})).toMatchObject({ files: 1, records: 2, bytes: 4 });
    expect([await record(world, lone), await record(world, merged)]).toEqual([null, null]);
    expect((await bytesOf(world, id)).toString()).toBe("merged");
    // The answer to a request that is sent again does not hang on the partials' records.
    expect((await join(world, [merged])).id).toBe(id);
  });

  it("leaves what an unfinished final still needs", async () => {
    const world = memoryCore({ settings: { expirationFrom: "activity" } });
    const parts = await threePartials(world);
    await world.clock.advance(DAY / 2);
    breakAssembly(world, 3);
    const final = await stuck(world, parts);
    await world.clock.advance(DAY / 2 + 1_000);
    expect(await world.administration.sweep({})).toMatchObject({ files: 0, records: 0 });
    expect(await join(world, parts)).toMatchObject({ id: final.id, state: "complete" });
  });

  it("keeps the records when asked to, and says what it took", async () => {
    const world = memoryCore();
    const lone = await partial(world, Buffer.from("lone"));
    const merged = await partial(world, Buffer.from("merged"));
    await join(world, [merged]);
    await world.clock.advance(DAY);
    const report = await world.administration.sweep({ keepRecord: true });
    expect(report).toMatchObject({ files: 1, records: 0, bytes: 4 });
    for (const id of [lone, merged]) {
      expect(await record(world, id)).toMatchObject({ state: "swept", offset: 0 });
    }
  });

  it("takes a final that never came to its end with all its partials", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    breakAssembly(world, 3);
    const final = await stuck(world, parts);
    await world.clock.advance(DAY);
    await world.administration.sweep({});
    for (const id of [final.id, ...parts]) expect(await record(world, id)).toBeNull();
    const left: unknown[] = [];
    for await (const object of world.store.objects()) left.push(object);
    expect(left).toEqual([]);
  });
});

describe("a sweep that meets a new final", () => {
  const DAY = 86_400_000;

  /** A final, and another of the same parts that was asked for just in time and is not written yet. */
  async function twoFinals() {
    const world = memoryCore();
    const parts = await threePartials(world);
    await join(world, parts);
    await world.clock.advance(DAY - 1_000);
    const gate = createDeferred<void>();
    once(world.database.uploads, "insert", (insert) => gate.promise.then(insert));
    breakAssembly(world, 0);
    const second = join(world, [...parts].reverse()).catch(codeOf);
    await settle();
    await world.clock.advance(2_000);
    return { world, parts, second, write: () => gate.resolve() };
  }

  it.each([false, true])("leaves it its parts, keepRecord %s", async (keepRecord) => {
    const { world, parts, second, write } = await twoFinals();
    // The sweep has looked whether anybody needs the part, and is about to mark it.
    once(world.database.uploads, "update", async (update) => {
      write();
      await settle();
      return update();
    });
    await world.administration.sweep({ keepRecord });
    expect(await second).toBe("UNAVAILABLE");
    expect(await join(world, [...parts].reverse())).toMatchObject({ state: "complete" });
  });

  it.each([
    [false, "NOT_FOUND"],
    [true, "EXPIRED"],
  ])("is heard of before the final is written, keepRecord %s", async (keepRecord, code) => {
    const { world, second, write } = await twoFinals();
    await world.administration.sweep({ keepRecord });
    write();
    expect(await second).toBe(code);
  });
});

describe("ending", () => {
  it("a partial that a final needs has to wait", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    breakAssembly(world, 1);
    await stuck(world, parts);
    expect(await world.service.remove(alice, parts[2] ?? "").catch(codeOf)).toBe("BUSY");
    await join(world, parts);
    await world.service.remove(alice, parts[2] ?? "");
    expect(await record(world, parts[2] ?? "")).toBeNull();
  });

  it("a final whose parts another one still reads has to wait", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const first = await join(world, parts);
    breakAssembly(world, 1);
    const second = await stuck(world, [...parts].reverse());
    expect(await world.service.remove(alice, first.id).catch(codeOf)).toBe("BUSY");
    await join(world, [...parts].reverse());
    await world.service.remove(alice, first.id);
    const backwards = Buffer.concat([2, 1, 0].map((at) => third(at)));
    expect((await bytesOf(world, second.id)).equals(backwards)).toBe(true);
  });

  it("an unfinished final ends its assembly too", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    breakAssembly(world, 1);
    const { id } = await stuck(world, parts);
    await world.service.remove(alice, id);
    for (const each of [id, ...parts]) expect(await record(world, each)).toBeNull();
    await world.housekeeping.completeReady(new AbortController().signal);
    await settle();
    const left: unknown[] = [];
    for await (const object of world.store.objects()) left.push(object);
    expect(left).toEqual([]);
  });

  it("the process stops an assembly and keeps what it has", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const { read } = world.store;
    let drained: Promise<void> | null = null;
    world.store.read = async function* (upload, range) {
      drained ??= world.housekeeping.drain(1_000);
      yield* read.call(world.store, upload, range);
    };
    const final = await join(world, parts);
    await drained;
    world.store.read = read;
    expect(final.state).toBe("uploading");
    const after = memoryCore({ after: world });
    expect(await join(after, parts)).toMatchObject({ id: final.id, state: "complete" });
  });
});
