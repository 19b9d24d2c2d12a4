import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { Upload } from "../../../src/core/upload.ts";
import {
  bob,
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
import { settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { codeOf, md5 } from "../../support/upload-run.ts";

describe("a final upload", () => {
  it("is its partials in their order, verified, and delivered like any other", async () => {
    const seen: string[] = [];
    const onComplete = async ({ upload }: { upload: Upload }) => seen.push(upload.id);
    const world = memoryCore({ profiles: defineProfiles({ default: profile({ onComplete }) }) });
    const parts = await threePartials(world);
    expect(seen).toEqual([]);
    const final = await join(world, parts, { metadata: { album: "a" } });
    expect(final).toMatchObject({
      ...{ state: "complete", finished: true, size: file.length, checksum: md5(file) },
      ...{ concat: "final", parts, completion: "done", metadata: { album: "a" } },
    });
    expect((await bytesOf(world, final.id)).equals(file)).toBe(true);
    expect(seen).toEqual([final.id]);
  });

  it("takes over its partials' bytes: they are stored once, and counted once", async () => {
    const world = memoryCore({ settings: { quotaBytes: file.length } });
    const parts = await threePartials(world);
    const { id } = await join(world, parts);
    const objects: string[] = [];
    for await (const object of world.store.objects()) objects.push(object.uploadId ?? "");
    expect(objects).toEqual([id]);
    for (const part of parts) {
      expect(await record(world, part)).toMatchObject({
        ...{ state: "merged", finalId: id, offset: 100_000, size: 100_000 },
      });
    }
    expect(await world.database.uploads.usage("alice")).toBe(file.length);
  });

  it("may use a partial twice, and an empty one", async () => {
    const world = memoryCore();
    const one = await partial(world, Buffer.from("one "));
    const none = await partial(world, Buffer.alloc(0));
    const two = await partial(world, Buffer.from("two "));
    const final = await join(world, [one, none, two, one]);
    expect((await bytesOf(world, final.id)).toString()).toBe("one two one ");
  });

  it("may be empty", async () => {
    const world = memoryCore();
    const final = await join(world, [await partial(world, Buffer.alloc(0))]);
    expect(final).toMatchObject({ state: "complete", size: 0, finished: true });
  });

  it("takes no bytes from outside, unfinished or complete", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    breakAssembly(world, 1);
    const final = await stuck(world, parts);
    expect(final).toMatchObject({ state: "uploading", size: file.length });
    const ask = { at: final.offset, bytes: Buffer.from("x") };
    await expect(patch(world, final.id, ask)).rejects.toMatchObject({
      ...{ code: "ALREADY_COMPLETE", details: { concat: "final" } },
    });
    await join(world, parts);
    expect(
      await patch(world, final.id, { at: 300_000, bytes: Buffer.alloc(0) }).catch(codeOf),
    ).toBe("ALREADY_COMPLETE");
  });
});

describe("what a final may be made of", () => {
  it("belongs to the same owner, is a partial, complete and exists", async () => {
    const world = memoryCore();
    const mine = await partial(world, Buffer.from("mine"));
    const his = await partial(world, Buffer.from("his"), { owner: bob });
    const short = await partial(world, Buffer.from("short"), { held: 3 });
    const plain = await world.service.init(alice, { filename: "plain", size: 0, origin: "tus" });
    const nowhere = "11111111-2222-4333-8444-555555555555";
    for (const [id, code] of [
      [his, "NOT_FOUND"],
      [short, "INCOMPLETE"],
      [plain.id, "NOT_FOUND"],
      [nowhere, "NOT_FOUND"],
      ["../../etc", "NOT_FOUND"],
    ]) {
      expect(await join(world, [mine, id as string]).catch(codeOf), id).toBe(code);
    }
    expect(await record(world, mine)).toMatchObject({ state: "uploading", finalId: null });
    expect(await record(world, his)).toMatchObject({ state: "uploading", finalId: null });
    await world.clock.advance(86_400_000);
    expect(await join(world, [mine]).catch(codeOf)).toBe("EXPIRED");
  });

  it("is judged by the final's profile before any partial is used up", async () => {
    const profiles = defineProfiles({
      default: profile({ maxBytes: 250_000 }),
      huge: profile({ maxBytes: null }),
      picture: profile({ maxBytes: null, accept: ["image/*"] }),
    });
    const world = memoryCore({ profiles });
    const parts = await threePartials(world);
    for (const [ask, code] of [
      [{}, "TOO_LARGE"],
      [{ profile: "none" }, "REJECTED"],
      [{ profile: "picture", contentType: "image/png" }, "REJECTED"],
      [{ profile: "huge", metadata: { "no key": "x" } }, "REJECTED"],
    ] as const) {
      expect(await join(world, parts, ask).catch(codeOf), JSON.stringify(ask)).toBe(code);
      for (const id of parts) {
        expect(await record(world, id)).toMatchObject({ state: "uploading", finalId: null });
      }
    }
    expect(await join(world, parts, { profile: "huge" })).toMatchObject({ state: "complete" });
  });

  it("fits the quota although it counts a part used twice twice", async () => {
    const world = memoryCore({ settings: { quotaBytes: 10 } });
    const id = await partial(world, Buffer.from("123456"));
    expect(await join(world, [id, id]).catch(codeOf)).toBe("QUOTA_EXCEEDED");
    expect(await record(world, id)).toMatchObject({ state: "uploading" });
    expect(await join(world, [id])).toMatchObject({ state: "complete" });
  });

  it("has its bytes in the store: what is lost there must be sent again", async () => {
    const world = memoryCore();
    const id = await partial(world, Buffer.from("bytes"));
    const held = await record(world, id);
    if (held !== null) await world.store.remove(held);
    expect(await join(world, [id]).catch(codeOf)).toBe("INCOMPLETE");
    await patch(world, id, { bytes: Buffer.from("bytes") });
    expect(await join(world, [id])).toMatchObject({ state: "complete" });
  });
});

describe("a partial", () => {
  it("is in no list, and does not complete by itself", async () => {
    const world = memoryCore();
    const id = await partial(world, Buffer.from("part"));
    expect(await record(world, id)).toMatchObject({ state: "uploading", offset: 4, size: 4 });
    expect((await world.service.list(alice, { limit: 10 })).items).toEqual([]);
    expect(await world.service.resumable(alice, { filename: "part", size: 4 })).toEqual([]);
    const now = world.clock.now();
    const query = { sort: "createdAt", order: "asc", limit: 10, now } as const;
    expect(await world.administration.list(query)).toMatchObject({ items: [], total: 0 });
    const ask = { id, checksum: md5(Buffer.from("part")) };
    expect(await world.service.complete(alice, ask).catch(codeOf)).toBe("REJECTED");
    expect(await world.service.resume(alice, id)).toMatchObject({ state: "uploading" });
    await world.housekeeping.completeReady(new AbortController().signal);
    await settle();
    expect(await record(world, id)).toMatchObject({ state: "uploading" });
  });

  it("takes nothing more once it is merged, but says that all is there", async () => {
    const world = memoryCore();
    const id = await partial(world, Buffer.from("part"));
    await join(world, [id]);
    expect(await world.service.resume(alice, id)).toMatchObject({ offset: 4, size: 4 });
    const more = patch(world, id, { at: 4, bytes: Buffer.from("x") });
    expect(await more.catch(codeOf)).toBe("ALREADY_COMPLETE");
    expect(await patch(world, id, { at: 4, bytes: Buffer.alloc(0) })).toMatchObject({ offset: 4 });
    expect(await world.service.open(alice, id).catch(codeOf)).toBe("NOT_COMPLETE");
  });

  it("goes into a second final too: its bytes are read from the first", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const [a = "", b = "", c = ""] = parts;
    const first = await join(world, parts);
    const lone = await partial(world, Buffer.from("lone"));
    const second = await join(world, [lone, c, b, b]);
    const expected = Buffer.concat([Buffer.from("lone"), ...[2, 1, 1].map((at) => third(at))]);
    expect((await bytesOf(world, second.id)).equals(expected)).toBe(true);
    expect(await record(world, b)).toMatchObject({ finalId: first.id });
    // Each file is independent: removing one keeps the other.
    await world.service.remove(alice, first.id);
    expect((await bytesOf(world, second.id)).equals(expected)).toBe(true);
    expect(await join(world, [lone, a]).catch(codeOf)).toBe("NOT_FOUND");
  });

  it("goes into a second final while the first is being put together", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const [a = "", b = "", c = ""] = parts;
    breakAssembly(world, 3);
    const first = await stuck(world, parts);
    // Of the first final the first part is there, and its bytes are nowhere else.
    const both = await Promise.all([join(world, [c, b, a]), join(world, parts)]);
    expect(both.map(({ state }) => state)).toEqual(["complete", "complete"]);
    const backwards = Buffer.concat([2, 1, 0].map((at) => third(at)));
    expect((await bytesOf(world, both[0].id)).equals(backwards)).toBe(true);
    expect((await bytesOf(world, first.id)).equals(file)).toBe(true);
  });

  it("counts against the quota as often as it is stored", async () => {
    const world = memoryCore({ settings: { quotaBytes: 10 } });
    const [a, b] = [
      await partial(world, Buffer.from("1234")),
      await partial(world, Buffer.from("5")),
    ];
    await join(world, [a, b]);
    expect(await join(world, [b, a]).then(({ state }) => state)).toBe("complete");
    expect(await join(world, [a]).catch(codeOf)).toBe("QUOTA_EXCEEDED");
  });
});

describe("the same final, asked for again", () => {
  it("is the one that is there", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const first = await join(world, parts);
    expect((await join(world, parts)).id).toBe(first.id);
    expect(await join(world, parts, { owner: bob }).catch(codeOf)).toBe("NOT_FOUND");
  });

  it("is one, though the requests come at once", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const finals = await Promise.all([1, 2, 3, 4].map(() => join(world, parts)));
    expect(new Set(finals.map(({ id }) => id)).size).toBe(1);
    const [final] = finals;
    expect((await bytesOf(world, final?.id ?? "")).equals(file)).toBe(true);
  });

  it("says what keeps the file from being put together, and goes on when that is over", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    const { open } = world.store;
    world.store.open = async () => {
      throw new UploadError("STORAGE_FULL");
    };
    expect(await join(world, parts).catch(codeOf)).toBe("STORAGE_FULL");
    expect(await join(world, parts).catch(codeOf)).toBe("STORAGE_FULL");
    world.store.open = open;
    const final = await join(world, parts);
    expect((await bytesOf(world, final.id)).equals(file)).toBe(true);
  });

  it("is gone when it was ended: its partials went with it", async () => {
    const world = memoryCore();
    const parts = await threePartials(world);
    await world.service.remove(alice, (await join(world, parts)).id);
    for (const id of parts) expect(await record(world, id)).toBeNull();
    expect(await join(world, parts).catch(codeOf)).toBe("NOT_FOUND");
  });
});
