import { createHash, randomBytes } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createUploadClient, type Upload } from "../../../src/client/node/index.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { AppRouterOf, ProfileShapesOf } from "../../../src/doors/trpc/router-contract.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { chunkHeaders } from "../../support/http-client.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const MIB = 2 ** 20;
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/** Pieces of odd lengths, so that their boundaries differ from those of chunks. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 100_003)
    yield bytes.subarray(start, start + 100_003);
}

async function download(app: BootedApp, id: string): Promise<Buffer> {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const response = await fetch(`${app.url}/api/uploads/${id}/file`, { headers });
  return Buffer.from(await response.arrayBuffer());
}

/** Pauses during the third chunk, when at most two are acknowledged. */
async function interrupted(app: BootedApp, upload: Pick<Upload, "pause">): Promise<void> {
  let chunks = 0;
  await new Promise<void>((resolve) => {
    app.server.on("request", ({ method }) => {
      if (method === "PUT") chunks += 1;
      if (method !== "PUT" || chunks !== 3) return;
      upload.pause();
      resolve();
    });
  });
}

describe("the Node client sends", () => {
  it("a file with the longest possible name, in any script, into an upload created elsewhere", async () => {
    await using app = await bootApp();
    await using directory = await tempDirectory();
    const bytes = randomBytes(1_000);
    const token = await app.token();
    for (const filename of [`${"文".repeat(251)}.mp4`, `${"😀".repeat(500)}.mp4`]) {
      const begun = await app.client(token).uploads.init.mutate({ filename, size: bytes.length });
      const headers = chunkHeaders(token, { start: 0, length: 400, total: bytes.length });
      await fetch(begun.url, { method: "PUT", headers, body: bytes.subarray(0, 400) });
      const client = createUploadClient({ url: app.url, token, resume: directory.path });
      const view = await client.upload(new Blob([bytes]), { filename }).done;
      expect(view).toMatchObject({ id: begun.id, filename, checksum: md5(bytes) });
    }
  });

  it("a file by its path, from the offset where an earlier process stopped", async () => {
    await using app = await bootApp();
    await using directory = await tempDirectory();
    const bytes = randomBytes(9 * MIB + 17);
    const path = join(directory.path, "film.bin");
    await writeFile(path, bytes);
    const resume = join(directory.path, "resume");
    const token = await app.token();
    const options = { url: app.url, token, resume, account: "me" };
    const first = createUploadClient(options);
    await interrupted(app, first.upload(path, { chunkSize: MIB }));

    await app.restart();
    const second = createUploadClient(options);
    const upload = second.upload(path, { chunkSize: MIB });
    const view = await upload.done;
    expect(view.checksum).toBe(md5(bytes));
    expect(view.filename).toBe("film.bin");
    expect(upload.snapshot().resumedFrom).toBeGreaterThanOrEqual(MIB);
    expect((await download(app, view.id)).equals(bytes)).toBe(true);
    expect((await second.trpc.uploads.list.query()).items).toHaveLength(1);
  });

  it("bytes in memory, a Blob, a Readable and a stream of unknown length", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    const bytes = randomBytes(3 * MIB + 5);
    const sources = [
      bytes,
      new Blob([bytes]),
      Readable.from(inPieces(bytes)),
      Readable.toWeb(Readable.from(inPieces(bytes))) as ReadableStream<Uint8Array>,
    ];
    for (const [index, source] of sources.entries()) {
      const filename = `${index}.bin`;
      const upload = client.upload(source, { filename, chunkSize: MIB, contentType: "x/y" });
      const view = await upload.done;
      expect(view).toMatchObject({ filename, size: bytes.length, contentType: "x/y" });
      expect(view.checksum).toBe(md5(bytes));
      expect(upload.snapshot()).toMatchObject({ size: bytes.length, sent: bytes.length });
    }
  });

  it("an empty stream, and one that ends at a chunk boundary", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    for (const length of [0, 2 * MIB]) {
      const source = Readable.from(inPieces(randomBytes(length)));
      const { size, status } = await client.upload(source, { chunkSize: MIB }).done;
      expect({ size, status }).toEqual({ size: length, status: "complete" });
    }
  });

  it("a digest with every chunk", async () => {
    await using app = await bootApp();
    const bytes = randomBytes(2 * MIB);
    for (const chunkDigest of ["sha-256", "crc32c"] as const) {
      const token = await app.token();
      const client = createUploadClient({ url: app.url, token, resume: false, chunkDigest });
      const view = await client.upload(bytes, { filename: chunkDigest, chunkSize: MIB }).done;
      expect(view.checksum).toBe(md5(bytes));
    }
  });
});

describe("the Node client's credential", () => {
  it("is renewed when the server refuses it during a transfer, and nothing is lost", async () => {
    await using app = await bootApp();
    const bytes = randomBytes(8 * MIB);
    const tokens: string[] = [];
    const client = createUploadClient({
      url: app.url,
      resume: false,
      token: async () => {
        const token = await app.token();
        tokens.push(token);
        return token;
      },
    });
    const session = app.client({ cookie: await app.sessionCookie() });
    const upload = client.upload(bytes, { chunkSize: MIB });
    await interrupted(app, upload);
    for (const { id } of await session.tokens.list.query())
      await session.tokens.revoke.mutate({ id });
    upload.resume();
    expect((await upload.done).checksum).toBe(md5(bytes));
    expect(tokens.length).toBeGreaterThan(1);
    expect((await client.trpc.uploads.list.query()).items).toHaveLength(1);
  });

  it("that stays refused fails the upload with UNAUTHENTICATED after a few attempts", async () => {
    await using app = await bootApp();
    let asked = 0;
    const token = () => {
      asked += 1;
      return "wrong";
    };
    const fast = { resume: false, retry: { baseMs: 1, maxMs: 1 } } as const;
    const client = createUploadClient({ url: app.url, token, ...fast });
    await expect(client.upload(Buffer.from("x")).done).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(12);
    const fixed = createUploadClient({ url: app.url, token: "wrong", ...fast });
    await expect(fixed.upload(Buffer.from("x")).done).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  it("may be a ticket for an upload that a backend created", async () => {
    await using app = await bootApp();
    const bytes = randomBytes(3 * MIB);
    const backend = app.client(await app.token());
    const { id } = await backend.uploads.init.mutate({ filename: "a", size: bytes.length });
    const { ticket } = await backend.uploads.ticket.mutate({ id, expiresInSeconds: 60 });
    const client = createUploadClient({ url: app.url, token: ticket, resume: false });
    const view = await client.continueUpload(bytes, { uploadId: id }).done;
    expect(view).toMatchObject({ id, status: "complete", checksum: md5(bytes) });
    const other = client.continueUpload(randomBytes(3 * MIB), { uploadId: id });
    await expect(other.done).rejects.toMatchObject({ code: "DIFFERENT_FILE" });
  });
});

describe("the Node client's failures", () => {
  it("name a missing file, and one that changed during the transfer", async () => {
    await using app = await bootApp();
    await using directory = await tempDirectory();
    const path = join(directory.path, "a.bin");
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    await expect(client.upload(path).done).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    await writeFile(path, randomBytes(MIB));
    const upload = client.upload(path);
    await utimes(path, 1, 1);
    await expect(upload.done).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it("name an unknown algorithm", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    const upload = client.upload(Buffer.from("x"), { checksumAlgorithm: "rot13" });
    await expect(upload.done).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("the result of the profile's onComplete", () => {
  const slow = (ms: number, failures: number) => {
    let runs = 0;
    return defineProfiles({
      default: profile(),
      slow: profile({
        onComplete: async ({ upload }) => {
          runs += 1;
          if (runs <= failures) throw new Error("not yet");
          await new Promise((resolve) => setTimeout(resolve, ms));
          return { bytes: upload.offset, at: new Date(5) };
        },
      }),
    });
  };
  type Router = AppRouterOf<ProfileShapesOf<ReturnType<typeof slow>>>;

  it("is the typed data of the upload, also when onComplete fails at first", async () => {
    const profiles = slow(0, 1);
    await using app = await bootApp({ profiles });
    const client = createUploadClient<Router>({
      url: app.url,
      token: await app.token(),
      resume: false,
    });
    const { data } = await client.upload(Buffer.from("four"), { profile: "slow" }).done;
    expect(data).toEqual({ bytes: 4, at: new Date(5) });
  });

  it("is awaited for completionPatienceMs while onComplete fails", async () => {
    const profiles = slow(0, 1_000);
    await using app = await bootApp({ profiles });
    const options = { url: app.url, token: await app.token(), completionPatienceMs: 0 };
    const client = createUploadClient<Router>({ ...options, resume: false });
    const upload = client.upload(Buffer.from("four"), { profile: "slow" });
    await expect(upload.done).rejects.toMatchObject({ code: "COMPLETION_FAILED" });
  });
});

describe("an anonymous client", () => {
  it("may upload if the operator allows it", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" } });
    const client = createUploadClient({ url: app.url, resume: false });
    const bytes = randomBytes(MIB);
    const view = await client.upload(bytes, { filename: "a", chunkSize: MIB / 4 }).done;
    expect(view).toMatchObject({ status: "complete", checksum: md5(bytes) });
  });

  it("is refused otherwise", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, resume: false });
    const upload = client.upload(Buffer.from("x"));
    await expect(upload.done).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
