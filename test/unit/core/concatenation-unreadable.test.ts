import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import { defineProfiles, type Profiles, profile } from "../../../src/core/profiles.ts";
import { Bucket } from "../../support/bucket/bucket.ts";
import { readState } from "../../support/bucket/bucket-state.ts";
import { createBucketStore } from "../../support/bucket/bucket-store.ts";
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
import { memoryCore } from "../../support/memory-core.ts";
import { codeOf, md5 } from "../../support/upload-run.ts";

const DAY = 86_400_000;

function bucketWorld(options: { profiles?: Profiles; isShared?: boolean } = {}) {
  const bucket = new Bucket();
  return { ...memoryCore({ store: createBucketStore({ bucket }), ...options }), bucket };
}

type World = ReturnType<typeof bucketWorld>;

/** Keys of all objects, and ids of all multipart uploads. */
const contents = ({ bucket }: World) => [...bucket.objects.keys(), ...bucket.multiparts.keys()];

/** The store accepts no writes until the returned function is called. */
function refuseWrites(world: World, after = 0): () => void {
  const { open } = world.store;
  let left = after;
  world.store.open = async (upload, remember) => {
    if (left-- <= 0) throw new UploadError("STORAGE_FULL");
    return open(upload, remember);
  };
  return () => {
    world.store.open = open;
  };
}

describe.each([false, true])("a final in a bucket (several instances: %s)", (isShared) => {
  it("is made of partials that can be read only once they are finished", async () => {
    const world = bucketWorld({ isShared });
    const parts = await threePartials(world);
    const final = await join(world, parts);
    expect(final).toMatchObject({ state: "complete", finished: true, checksum: md5(file) });
    expect((await bytesOf(world, final.id)).equals(file)).toBe(true);
    expect(contents(world)).toEqual([final.storageKey]);
  });

  it("may use a partial twice, and an empty one", async () => {
    const world = bucketWorld({ isShared });
    const one = await partial(world, Buffer.from("one "));
    const none = await partial(world, Buffer.alloc(0));
    const final = await join(world, [one, none, one]);
    expect((await bytesOf(world, final.id)).toString()).toBe("one one ");
    expect(contents(world)).toEqual([final.storageKey]);
  });

  it("continues in another process after a crash, and the sweep leaves only its file", async () => {
    const world = bucketWorld({ isShared });
    const parts = await threePartials(world);
    breakAssembly(world, 2);
    expect((await stuck(world, parts)).offset).toBeGreaterThan(0);
    const next = { ...memoryCore({ after: world, isShared }), bucket: world.bucket };
    const final = await join(next, parts);
    expect((await bytesOf(next, final.id)).equals(file)).toBe(true);
    await next.clock.advance(2 * DAY);
    await next.administration.sweep({ orphans: true });
    expect(contents(next)).toEqual([final.storageKey]);
    for (const part of parts) expect(await record(next, part)).toBeNull();
  });

  it("reads a partial's own object while the other final of the partial is unfinished", async () => {
    const world = bucketWorld({ isShared });
    const parts = await threePartials(world);
    const [first = "", second = ""] = parts;
    // The first final has copied its first part, and gets no further.
    const accept = refuseWrites(world, 1);
    const owning = await stuck(world, parts);
    expect(owning.offset).toBe(100_000);
    accept();
    const other = await join(world, [second, first]);
    const expected = Buffer.concat([third(1), third(0)]);
    expect((await bytesOf(world, other.id)).equals(expected)).toBe(true);
    const final = await join(world, parts);
    expect((await bytesOf(world, final.id)).equals(file)).toBe(true);
    expect(contents(world).sort()).toEqual([final.storageKey, other.storageKey].sort());
    const last = await join(world, [second]);
    expect((await bytesOf(world, last.id)).equals(third(1))).toBe(true);
  });

  it("is refused while a partial has lost bytes, and made once they are sent again", async () => {
    const world = bucketWorld({ isShared });
    const parts = await threePartials(world);
    const [, second = ""] = parts;
    const { pieces } = readState((await record(world, second))?.storeState ?? null);
    const multipart = [...world.bucket.multiparts.values()].find(({ key }) => key.endsWith(second));
    expect(multipart?.parts.delete(pieces[0]?.tag ?? "")).toBe(true);
    await expect(join(world, parts)).rejects.toMatchObject({ code: "INCOMPLETE" });
    expect(await record(world, second)).toMatchObject({ state: "uploading", offset: 0 });
    await patch(world, second, { bytes: third(1) });
    const final = await join(world, parts);
    expect((await bytesOf(world, final.id)).equals(file)).toBe(true);
    expect(contents(world)).toEqual([final.storageKey]);
  });

  it("is copied again where its own bytes were lost", async () => {
    const world = bucketWorld({ isShared });
    const parts = await threePartials(world);
    const { finish } = world.store;
    world.store.finish = async (upload) => {
      const isFinal = (await record(world, upload.id))?.concat === "final";
      if (isFinal) {
        world.store.finish = finish;
        for (const multipart of world.bucket.multiparts.values()) multipart.parts.clear();
      }
      await finish(upload);
    };
    expect(await join(world, parts).catch(codeOf)).toBe("INCOMPLETE");
    const final = await join(world, parts);
    expect((await bytesOf(world, final.id)).equals(file)).toBe(true);
    await world.clock.advance(2 * DAY);
    await world.administration.sweep({ orphans: true });
    expect(contents(world)).toEqual([final.storageKey]);
  });
});

it("judges the type of a final by partials that can be read only once they are finished", async () => {
  const profiles = defineProfiles({ default: profile({ accept: ["image/*"] }) });
  const world = bucketWorld({ profiles });
  const parts = await threePartials(world);
  expect(await join(world, parts).catch(codeOf)).toBe("REJECTED");
  for (const part of parts)
    expect(await record(world, part)).toMatchObject({ state: "uploading", finalId: null });
  await world.clock.advance(2 * DAY);
  await world.administration.sweep({ orphans: true });
  expect(contents(world)).toEqual([]);
});
