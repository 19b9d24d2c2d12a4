import { describe, expect, it } from "vitest";
import { UploadError } from "../../../../src/core/errors.ts";
import type { InitRequest } from "../../../../src/core/requests.ts";
import {
  alice,
  aliceTicket,
  NOW,
  PUBLIC_URL,
  trpcBench,
  UPLOAD_ID,
  upload,
} from "./trpc-door-bench.ts";

describe("uploads over tRPC", () => {
  it("returns the fields of UploadView and nothing else of the record", async () => {
    const bench = trpcBench();
    expect(await bench.client().uploads.status.query({ id: UPLOAD_ID })).toEqual({
      id: UPLOAD_ID,
      url: `${PUBLIC_URL}/api/uploads/${UPLOAD_ID}`,
      filename: "film.mkv",
      path: null,
      contentType: "video/x-matroska",
      profile: "default",
      metadata: { album: "summer" },
      size: 30,
      chunkSize: 10,
      offset: 10,
      received: [
        [0, 10],
        [20, 30],
      ],
      prefix: { length: 10, checksum: "ab" },
      status: "uploading",
      completion: null,
      checksum: null,
      checksumAlgorithm: "md5",
      transfer: "server",
      verifiedBy: null,
      createdAt: NOW,
      expiresAt: upload.expiresAt,
      completedAt: null,
      fileUrl: null,
      data: null,
    });
  });

  it("returns any result of onComplete: dates, bigints, sets", async () => {
    const data = { at: NOW, big: 2n ** 64n, tags: new Set(["a"]), nothing: undefined };
    const done = { ...upload, state: "complete", completion: "done", completedAt: NOW } as const;
    const bench = trpcBench({ service: { complete: async () => done, result: () => data } });
    const view = await bench.client().uploads.complete.mutate({ id: UPLOAD_ID, checksum: "AB" });
    expect(view.data).toEqual(data);
    expect(view.fileUrl).toBe(`${PUBLIC_URL}/api/uploads/${UPLOAD_ID}/file`);
  });

  it("creates an upload from the input", async () => {
    const asked: InitRequest[] = [];
    const bench = trpcBench({
      service: { init: async (_who, request) => kept(asked, request, upload) },
    });
    await bench.client().uploads.init.mutate({
      filename: "film.mkv",
      size: 30,
      profile: "image",
      metadata: { album: "summer" },
      chunkSize: 10,
    });
    expect(asked).toEqual([
      {
        filename: "film.mkv",
        size: 30,
        profile: "image",
        metadata: { album: "summer" },
        chunkSize: 10,
        origin: "api",
      },
    ]);
  });

  it.each([
    ["no name", { filename: "" }],
    ["a name over 1,024 characters", { filename: "x".repeat(1_025) }],
    ["a negative size", { filename: "a", size: -1 }],
    ["a fraction of a byte", { filename: "a", size: 0.5 }],
    ["a size over 2^53 - 1", { filename: "a", size: 2 ** 53 }],
    ["a chunk size of 0", { filename: "a", chunkSize: 0 }],
  ])("refuses init with %s as INVALID_INPUT and names the field", async (_what, input) => {
    const failure = await trpcBench()
      .client()
      .uploads.init.mutate(input)
      .catch((e) => e);
    expect(failure.data).toMatchObject({ httpStatus: 400, upload: { code: "INVALID_INPUT" } });
    const field = Object.keys(input).at(-1) ?? "";
    expect(failure.data.upload.issues.fieldErrors[field]).not.toHaveLength(0);
  });

  it("returns INVALID_INPUT for metadata that is not an object", async () => {
    const body = JSON.stringify({ json: { filename: "a", metadata: ["x"] } });
    const answer = await trpcBench().send("/api/trpc/uploads.init", json(body));
    expect(answer.status).toBe(400);
    expect(await codeOf(answer)).toBe("INVALID_INPUT");
  });

  it("passes metadata to the core unchanged, with any keys", async () => {
    const asked: InitRequest[] = [];
    const bench = trpcBench({
      service: { init: async (_who, request) => kept(asked, request, upload) },
    });
    const body = '{"json":{"filename":"a","metadata":{"constructor":"x","prototype":"y"}}}';
    expect((await bench.send("/api/trpc/uploads.init", json(body))).status).toBe(200);
    expect(Object.keys(asked[0]?.metadata ?? {})).toEqual(["constructor", "prototype"]);
  });

  it("returns REJECTED for a __proto__ key in metadata, INVALID_INPUT elsewhere", async () => {
    const bench = trpcBench();
    const inMetadata = '{"json":{"filename":"a","metadata":{"__proto__":"x"}}}';
    const rejected = await bench.send("/api/trpc/uploads.init", json(inMetadata));
    expect([rejected.status, await codeOf(rejected)]).toEqual([400, "REJECTED"]);
    const elsewhere = await bench.send("/api/trpc/uploads.init", json('{"json":{"__proto__":{}}}'));
    expect([elsewhere.status, await codeOf(elsewhere)]).toEqual([400, "INVALID_INPUT"]);
  });

  it("returns NOT_FOUND for an id that is not a UUID", async () => {
    const { uploads } = trpcBench().client();
    const asks = [
      uploads.status.query({ id: "../../etc/passwd" }),
      uploads.complete.mutate({ id: "", checksum: "00" }),
      uploads.delete.mutate({ id: `${UPLOAD_ID}\0` }),
      uploads.ticket.mutate({ id: "1", expiresInSeconds: 60 }),
    ];
    for (const asked of await Promise.allSettled(asks)) {
      expect(asked).toMatchObject({
        status: "rejected",
        reason: { data: { httpStatus: 404, upload: { code: "NOT_FOUND" } } },
      });
    }
  });

  it("lists 50 at a time by default, without digests of prefixes", async () => {
    const asked: unknown[] = [];
    const bench = trpcBench({
      service: {
        list: async (_who, query) => kept(asked, query, { items: [upload], nextCursor: "next" }),
      },
    });
    const page = await bench.client().uploads.list.query();
    expect(page.nextCursor).toBe("next");
    expect(page.items.map(({ id, prefix }) => ({ id, prefix }))).toEqual([
      { id: UPLOAD_ID, prefix: null },
    ]);
    await bench.client().uploads.list.query({ status: "expired", search: "film", limit: 100 });
    expect(asked).toEqual([{ limit: 50 }, { status: "expired", search: "film", limit: 100 }]);
    for (const limit of [0, 101, 1.5]) {
      await expect(bench.client().uploads.list.query({ limit })).rejects.toMatchObject({
        data: { upload: { code: "INVALID_INPUT" } },
      });
    }
  });

  it("returns resumable uploads with the digests of their prefixes", async () => {
    const bench = trpcBench({ service: { resumable: async () => [upload] } });
    const found = await bench.client().uploads.resumable.query({ filename: "film.mkv", size: 30 });
    expect(found.map((view) => view.prefix)).toEqual([{ length: 10, checksum: "ab" }]);
  });

  it("deletes by id and returns the id", async () => {
    const removed: string[] = [];
    const bench = trpcBench({ service: { remove: async (_who, id) => void removed.push(id) } });
    const id = UPLOAD_ID.toUpperCase();
    expect(await bench.client().uploads.delete.mutate({ id })).toEqual({ id: UPLOAD_ID });
    expect(removed).toEqual([UPLOAD_ID]);
  });

  it("issues tickets for uploads that the principal may reach, for at most a day", async () => {
    const issued: unknown[] = [];
    const tickets = {
      issue: async (...ask: unknown[]) => kept(issued, ask, { ticket: "t", expiresAt: NOW }),
    };
    const bench = trpcBench({ deps: { tickets } });
    const ask = { id: UPLOAD_ID, expiresInSeconds: 86_400 };
    expect(await bench.client().uploads.ticket.mutate(ask)).toEqual({
      ticket: "t",
      expiresAt: NOW,
    });
    expect(issued).toEqual([[alice, { uploadId: UPLOAD_ID, expiresInSeconds: 86_400 }]]);
    await expect(
      bench.client().uploads.ticket.mutate({ ...ask, expiresInSeconds: 86_401 }),
    ).rejects.toMatchObject({ data: { upload: { code: "INVALID_INPUT" } } });

    const foreign = trpcBench({
      deps: { tickets },
      service: { status: () => Promise.reject(new UploadError("NOT_FOUND")) },
    });
    await expect(foreign.client().uploads.ticket.mutate(ask)).rejects.toMatchObject({
      data: { upload: { code: "NOT_FOUND" } },
    });
    expect(issued).toHaveLength(1);
  });

  it("allows a ticket to read and complete, and nothing else", async () => {
    const bench = trpcBench({ service: { complete: async () => upload } });
    const { uploads } = bench.client(aliceTicket);
    await uploads.status.query({ id: UPLOAD_ID });
    await uploads.complete.mutate({ id: UPLOAD_ID });
    const refused = await Promise.allSettled([
      uploads.init.mutate({ filename: "a" }),
      uploads.list.query(),
      uploads.resumable.query({ filename: "a", size: 1 }),
      uploads.delete.mutate({ id: UPLOAD_ID }),
      uploads.ticket.mutate({ id: UPLOAD_ID, expiresInSeconds: 60 }),
    ]);
    for (const one of refused) {
      expect(one).toMatchObject({ reason: { data: { upload: { code: "UNAUTHENTICATED" } } } });
    }
  });

  it("allows anonymous clients to upload, but not to list", async () => {
    const bench = trpcBench({
      service: { init: async () => upload, remove: async () => undefined },
    });
    const { uploads } = bench.client({ kind: "anonymous" });
    await uploads.init.mutate({ filename: "a" });
    await uploads.delete.mutate({ id: UPLOAD_ID });
    for (const asked of [uploads.list.query(), uploads.resumable.query({ filename: "a", size: 1 })])
      await expect(asked).rejects.toMatchObject({
        data: { httpStatus: 401, upload: { code: "UNAUTHENTICATED" } },
      });
  });

  it("passes the principal to the services", async () => {
    const seen: unknown[] = [];
    const bench = trpcBench({ service: { status: async (who) => kept(seen, who, upload) } });
    await bench.client().uploads.status.query({ id: UPLOAD_ID });
    expect(seen).toEqual([alice]);
  });
});

/** A function that records its arguments and returns a value. */
function kept<T>(asked: unknown[], ask: unknown, answer: T): T {
  asked.push(ask);
  return answer;
}

function json(body: string): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body };
}

async function codeOf(answer: Response): Promise<string> {
  const { error } = (await answer.json()) as {
    error: { json: { data: { upload: { code: string } } } };
  };
  return error.json.data.upload.code;
}
