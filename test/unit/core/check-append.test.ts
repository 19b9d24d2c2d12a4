import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { alice, arriving, memoryCore } from "../../support/memory-core.ts";

const profiles = defineProfiles({
  default: profile(),
  small: profile({ maxBytes: 10, checksum: "optional", checksumAlgorithm: "SHA256" }),
});
const bob = { ...alice, id: "bob" };
const { signal } = new AbortController();
const whole = { contentLength: null, sequential: true, whole: true } as const;

describe("what rules an upload", () => {
  it("is its own record, for clients that may access it", async () => {
    const { service } = memoryCore({ profiles, settings: { maxBytes: 500 } });
    const upload = await service.init(alice, { filename: "a", size: 5, profile: "small" });
    const own = { maxBytes: 10, checksumAlgorithm: "sha256", checksumRequired: false };
    expect(await service.rules(alice, { id: upload.id })).toEqual({ upload, ...own });
  });

  it("is what a new one would get, where there is none for the caller", async () => {
    const { service } = memoryCore({ profiles, settings: { maxBytes: 500 } });
    const { id } = await service.init(alice, { filename: "a", size: 5, profile: "small" });
    const usual = { maxBytes: 500, checksumAlgorithm: "md5", checksumRequired: true };
    for (const ask of [{ id }, { id: "no such" }, {}, { profile: "no such" }]) {
      expect(await service.rules(bob, ask)).toEqual({ upload: null, ...usual });
    }
    expect(await service.rules(bob, { profile: "small" })).toMatchObject({ maxBytes: 10 });
  });

  it("foresees what append would refuse, and nothing else", async () => {
    const { service, clock } = memoryCore();
    const upload = await service.init(alice, { filename: "a", size: 100 });
    const checkAppend = (start: number, end: number, total = 100) =>
      service.checkAppend(upload, { ...whole, position: { start, end, total } })?.code ?? null;
    expect(checkAppend(0, 10)).toBeNull();
    expect(checkAppend(5, 10)).toBe("OFFSET_MISMATCH");
    expect(checkAppend(0, 10, 99)).toBe("TOTAL_MISMATCH");
    expect(service.checkAppend(upload, { ...whole, position: null })?.code).toBe(
      "BAD_CONTENT_RANGE",
    );
    await clock.advance(86_400_000);
    expect(checkAppend(0, 10)).toBe("EXPIRED");
  });
});

describe("a body that counts as a whole", () => {
  it("leaves nothing when it breaks off, where another keeps what arrived", async () => {
    const { service } = memoryCore();
    const upload = await service.init(alice, { filename: "a", size: 5_000 });
    const position = { start: 0, end: 5_000, total: 5_000 };
    const append = (ask: { whole: boolean }) =>
      service.append(alice, {
        ...{ id: upload.id, position, contentLength: null, signal },
        body: arriving(new Uint8Array(5_000), { cutAfter: 3_000 }),
        ...ask,
      });
    await expect(append({ whole: true })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect((await service.status(alice, upload.id)).offset).toBe(0);
    await expect(append({ whole: false })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect((await service.status(alice, upload.id)).offset).toBe(3_000);
  });
});

describe("an upload described anew", () => {
  it("has another name and metadata, judged as when it began", async () => {
    const { service } = memoryCore();
    const { id } = await service.init(alice, { filename: "a", size: 5, metadata: { x: "1" } });
    await service.describe(alice, { id, filename: "dir/b" });
    const described = await service.describe(alice, { id, metadata: { y: "2" } });
    expect(described).toMatchObject({ filename: "b", metadata: { y: "2" } });
    const refused = [
      service.describe(alice, { id, filename: ".." }),
      service.describe(alice, { id, metadata: { "no key": "1" } }),
    ];
    for (const call of refused) await expect(call).rejects.toMatchObject({ code: "REJECTED" });
    const theirs = service.describe(bob, { id, filename: "c" });
    await expect(theirs).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("must be unfinished", async () => {
    const { service, clock } = memoryCore();
    const done = await service.init(alice, { filename: "a", size: 0 });
    await service.complete(alice, { id: done.id, checksum: "d41d8cd98f00b204e9800998ecf8427e" });
    const open = await service.init(alice, { filename: "a", size: 1 });
    await clock.advance(86_400_000);
    const describe = ({ id }: { id: string }) => service.describe(alice, { id, filename: "b" });
    await expect(describe(done)).rejects.toMatchObject({ code: "ALREADY_COMPLETE" });
    await expect(describe(open)).rejects.toMatchObject({ code: "EXPIRED" });
  });
});
