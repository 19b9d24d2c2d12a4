import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Principal } from "../../../../src/core/principal.ts";
import type { UploadCore } from "../../../../src/core/upload-service.ts";
import { profiles } from "../../../../src/profiles.ts";
import { arriving, memoryCore } from "../../../support/memory-core.ts";
import { admin, alice, trpcBench } from "./trpc-door-bench.ts";
import { errorOf } from "./wire-error.ts";

const bytes = new Uint8Array(200_000).map((_, at) => at % 251);
const md5 = createHash("md5").update(bytes).digest("hex");

describe("the tRPC door over the whole core", () => {
  it("creates an upload, completes it and returns its typed result", async () => {
    const { core, client } = started();
    const { uploads } = client();
    const begun = await uploads.init.mutate({
      filename: "flag.png",
      size: bytes.length,
      profile: "default",
      metadata: { album: "summer" },
      chunkSize: 65_536,
    });
    expect(begun).toMatchObject({ status: "uploading", offset: 0, received: [], prefix: null });

    await append(core, { id: begun.id, start: 131_072, end: 196_608 });
    await append(core, { id: begun.id, start: 0, end: 65_536 });
    const half = await uploads.status.query({ id: begun.id });
    expect(half.received).toEqual([
      [0, 65_536],
      [131_072, 196_608],
    ]);
    const head = createHash("md5").update(bytes.subarray(0, 65_536)).digest("hex");
    expect(half.prefix).toEqual({ length: 65_536, checksum: head });
    const found = await uploads.resumable.query({ filename: "flag.png", size: bytes.length });
    expect(found).toEqual([half]);

    const early = await uploads.complete.mutate({ id: begun.id, checksum: md5 }).catch((e) => e);
    expect(early.data).toMatchObject({
      httpStatus: 400,
      upload: {
        code: "INCOMPLETE",
        missing: [
          [65_536, 131_072],
          [196_608, 200_000],
        ],
      },
    });

    await append(core, { id: begun.id, start: 65_536, end: 131_072 });
    await append(core, { id: begun.id, start: 196_608, end: 200_000 });
    const done = await uploads.complete.mutate({ id: begun.id, checksum: md5.toUpperCase() });
    expect(done).toMatchObject({ status: "complete", completion: "done", checksum: md5 });
    expect(done.fileUrl).toBe(`${done.url}/file`);
    expect((await uploads.list.query()).items.map(({ id }) => id)).toEqual([begun.id]);

    await uploads.delete.mutate({ id: begun.id });
    await expect(uploads.status.query({ id: begun.id })).rejects.toMatchObject({
      data: { upload: { code: "NOT_FOUND" } },
    });
  });

  it("hides an upload from other users, but not from administrators", async () => {
    const { client } = started();
    const { id } = await client().uploads.init.mutate({ filename: "a", size: 1 });
    const bob = { ...alice, id: "0190b5a0-0000-4000-8000-00000000000b" };
    const other = client(bob);
    for (const asked of await Promise.allSettled([
      other.uploads.status.query({ id }),
      other.uploads.complete.mutate({ id, checksum: md5 }),
      other.uploads.delete.mutate({ id }),
      other.uploads.ticket.mutate({ id, expiresInSeconds: 1 }),
      client({ ...admin, id: bob.id }).uploads.status.query({ id }),
    ])) {
      expect(asked).toMatchObject({ reason: { data: { upload: { code: "NOT_FOUND" } } } });
    }
    expect((await other.uploads.list.query()).items).toEqual([]);
    const page = await client({ ...admin, id: bob.id }).admin.uploads.list.query();
    expect(page.items.map((item) => [item.id, item.user?.email])).toEqual([[id, alice.email]]);
    expect(page.total).toBe(1);
  });

  it("returns REJECTED for what the profile refuses", async () => {
    const { bench } = started();
    const ask = async (input: object) => {
      const answer = await bench.send("/api/trpc/uploads.init", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ json: { filename: "a", ...input } }),
      });
      return [answer.status, (await errorOf(answer)).data.upload.code];
    };
    for (const input of [
      { profile: "nothing" },
      { profile: "constructor" },
      { metadata: { constructor: "x" } },
      { metadata: { "a b": "x" } },
      { metadata: { long: "x".repeat(9_000) } },
      { profile: "image", metadata: { album: 5 } },
    ]) {
      expect([input, ...(await ask(input))]).toEqual([input, 400, "REJECTED"]);
    }
    expect(await ask({ checksumAlgorithm: "rot13" })).toEqual([400, "INVALID_INPUT"]);
  });
});

function started() {
  const core = memoryCore({ profiles });
  const bench = trpcBench({ deps: { core, clock: core.clock } });
  return { core, bench, client: (principal: Principal = alice) => bench.client(principal) };
}

async function append(core: UploadCore, ask: { id: string; start: number; end: number }) {
  const { id, start, end } = ask;
  await core.service.append(alice, {
    id,
    position: { start, end, total: bytes.length },
    contentLength: end - start,
    body: arriving(bytes.subarray(start, end)),
    signal: new AbortController().signal,
  });
}
