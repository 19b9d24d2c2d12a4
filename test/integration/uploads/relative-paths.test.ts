import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { type DrfChunk, DrfClient, said } from "../../support/drf-client.ts";
import { send } from "../../support/http-client.ts";
import { metadataOf } from "../../support/tus-client.ts";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

const bytes = Buffer.from("some bytes");
const file = { filename: "a.txt", size: bytes.length };
const md5 = createHash("md5").update(bytes).digest("hex");

async function scene() {
  const app = await bootApp();
  const token = await app.token();
  const headers = { authorization: `Bearer ${token}` };
  return {
    app,
    client: app.client(token),
    drf: DrfClient.by(app.url, token),
    headers,
    /** Sends the bytes of an upload and completes it; returns its view. */
    async finish(id: string, url: string) {
      const range = { "content-range": `bytes 0-${bytes.length - 1}/${bytes.length}` };
      await send(url, { method: "PUT", headers: { ...headers, ...range }, body: bytes });
      return app.client(token).uploads.complete.mutate({ id, checksum: md5 });
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

describe("a relative path", () => {
  it("is stored with an upload created by tRPC, apart from its metadata", async () => {
    await using s = await scene();
    const path = "photos//2026/a.txt";
    const begun = await s.client.uploads.init.mutate({ ...file, path, metadata: { album: "x" } });
    expect(begun).toMatchObject({ path: "photos/2026/a.txt", metadata: { album: "x" } });
    const plain = await s.client.uploads.init.mutate(file);
    expect(plain.path).toBeNull();
    const found = await s.client.uploads.list.query({ search: "2026/A" });
    expect(found.items.map(({ id, path }) => [id, path])).toEqual([[begun.id, begun.path]]);
    expect((await s.client.uploads.status.query({ id: begun.id })).path).toBe(begun.path);
  });

  it("is rejected when it leads out of its folder, is absolute or is too long", async () => {
    await using s = await scene();
    for (const path of ["../a.txt", "/etc/a.txt", "C:\\a.txt", `${"x/".repeat(5_000)}a.txt`]) {
      const refusal = await s.client.uploads.init.mutate({ ...file, path }).catch((e) => e);
      expect(refusal.data).toMatchObject({ httpStatus: 400, upload: { code: "REJECTED" } });
      expect(refusal.data.upload.field).toBe("path");
    }
  });

  it("is the field `path` of a form, before or behind the file", async () => {
    await using s = await scene();
    const asked = { filename: "a.txt", path: "photos/a.txt", album: "x" };
    const { filename, ...later } = asked;
    const forms: DrfChunk[] = [
      { bytes, fields: asked },
      { bytes, fields: { filename }, later },
      { bytes, fields: {}, partName: "other.txt", later: asked },
    ];
    for (const form of forms) {
      const answer = await s.drf.put(form);
      expect(answer.status).toBe(200);
      const { id } = said(answer);
      expect(await s.client.uploads.status.query({ id })).toMatchObject({
        ...{ filename, path: "photos/a.txt", metadata: { album: "x" } },
      });
    }
    const refused = await s.drf.put({ bytes, fields: { ...asked, path: "../a.txt" } });
    expect(codeIn(refused)).toContain("400");
    const list = await s.client.uploads.list.query();
    expect(list.items).toHaveLength(forms.length);
  });

  it("is `relativePath` of tus, as browsers and Uppy send it", async () => {
    await using s = await tusScene();
    const sent = {
      "photos/a.txt": "photos/a.txt",
      "/photos/a.txt": "photos/a.txt",
      null: null,
      "": null,
    };
    for (const [relativePath, path] of Object.entries(sent)) {
      const header = metadataOf({ filename: "a.txt", relativePath, album: "x" });
      const url = await s.tus.create({ "upload-length": "10", "upload-metadata": header });
      const { headers } = await s.tus.head(url);
      expect(headers["upload-metadata"]).toBe(header);
      expect(await s.view(url)).toMatchObject({ path, metadata: { album: "x" } });
      expect((await s.view(url)).metadata).not.toHaveProperty("relativePath");
    }
    const header = metadataOf({ filename: "a.txt", relativePath: "a/../../b" });
    const headers = { "upload-length": "10", "upload-metadata": header };
    expect(codeIn(await s.tus.ask("POST", s.tus.endpoint, { headers }))).toBe("400 REJECTED");
  });
});

describe("uploads.existing", () => {
  it("lists own complete uploads for each file, in the order of the files", async () => {
    await using s = await scene();
    const path = "photos/a.txt";
    const first = await s.client.uploads.init.mutate({ ...file, path });
    await s.client.uploads.init.mutate({ ...file, path });
    const ask = [file, { ...file, path: "./photos/a.txt" }, { ...file, size: 1, path }];
    expect(await s.client.uploads.existing.query(ask)).toEqual([[], [], []]);
    const whole = await s.finish(first.id, first.url);
    const found = await s.client.uploads.existing.query(ask);
    expect(found).toEqual([[], [{ ...whole, prefix: null }], []]);
    expect(found[1]?.[0]?.checksum).toBe(md5);
    const other = await s.app.token(await s.app.createUser());
    expect(await s.app.client(other).uploads.existing.query(ask)).toEqual([[], [], []]);
  });

  it("has no match for what init would refuse, and takes 100 files at most", async () => {
    await using s = await scene();
    const names = ["..", "", "a\u0000/..", "x".repeat(2_000)].map((filename) => ({
      ...{ filename, size: 1 },
    }));
    const paths = ["/a.txt", "../a.txt"].map((path) => ({ ...file, path }));
    const found = await s.client.uploads.existing.query([...names, ...paths]);
    expect(found).toEqual([[], [], [], [], [], []]);
    expect(await s.client.uploads.existing.query([])).toEqual([]);
    const many = Array.from({ length: 101 }, () => ({ filename: "a", size: 1 }));
    const refusal = await s.client.uploads.existing.query(many).catch((e) => e);
    expect(refusal.data.upload.code).toBe("INVALID_INPUT");
  });
});

describe("an administrator's search", () => {
  it("covers the owner's e-mail and the upload's id; a user's own search does not", async () => {
    await using s = await scene();
    const owner = await s.app.user();
    const admin = s.app.client(await s.app.token(await s.app.createUser({ role: "admin" })));
    const begun = await s.client.uploads.init.mutate({ ...file, path: "photos/a.txt" });
    for (const search of [owner.email.toUpperCase(), begun.id, begun.id.slice(0, 8), "PHOTOS/"]) {
      const page = await admin.admin.uploads.list.query({ search });
      expect([page.total, page.items.map(({ id }) => id)], search).toEqual([1, [begun.id]]);
    }
    for (const search of [owner.email, begun.id]) {
      expect((await s.client.uploads.list.query({ search })).items).toEqual([]);
    }
  });
});
