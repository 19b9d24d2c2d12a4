import { describe, expect, it } from "vitest";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { idOf, metadataOf } from "../../support/tus-client.ts";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

const SIZE = 100_000;
const file = randomFile(SIZE);
const whole = file.slice(0, SIZE);
const metadata = metadataOf({ filename: "a.png", filetype: "image/png" });

describe("GET of a tus upload", () => {
  it("returns the finished file as the raw door does, without Tus-Resumable", async () => {
    await using scene = await tusScene();
    const headers = { authorization: scene.tus.headers.authorization ?? "" };
    const url = await scene.tus.create({
      ...{ "upload-length": String(SIZE), "upload-metadata": metadata },
    });
    await scene.tus.patch(url, { at: 0, body: whole });
    const ranges = [{}, { range: "bytes=10-19" }, { range: "bytes=200000-" }];
    for (const range of ranges) {
      const got = await send(url, { headers: { ...headers, ...range } });
      const raw = await send(`${scene.app.url}/api/uploads/${idOf(url)}/file`, {
        headers: { ...headers, ...range },
      });
      expect(got.status).toBe(raw.status);
      expect(got.body.equals(raw.body)).toBe(true);
      expect(got.headers["tus-resumable"]).toBe("1.0.0");
      const own = ["tus-resumable", "upload-offset", "upload-length", "date", "x-request-id"];
      const same = Object.entries(got.headers).filter(([name]) => !own.includes(name));
      const rest = Object.entries(raw.headers).filter(([name]) => !own.includes(name));
      expect(Object.fromEntries(same)).toEqual(Object.fromEntries(rest));
    }
    const etag = (await send(url, { headers })).headers.etag ?? "";
    expect((await send(url, { headers: { ...headers, "if-none-match": etag } })).status).toBe(304);
  });

  it("of an unfinished upload returns the headers of HEAD and no body", async () => {
    await using scene = await tusScene();
    const { authorization = "" } = scene.tus.headers;
    const url = await scene.tus.create({
      ...{ "upload-length": String(SIZE), "upload-metadata": metadata },
    });
    await scene.tus.patch(url, { at: 0, body: file.slice(0, 1_000) });
    const got = await send(url, { headers: { authorization } });
    expect([got.status, got.body.length]).toEqual([200, 0]);
    const head = await scene.tus.head(url);
    for (const name of ["upload-offset", "upload-length", "upload-metadata", "upload-expires"]) {
      expect(got.headers[name], name).toBe(head.headers[name]);
    }
    expect([got.headers["upload-offset"], got.headers["cache-control"]]).toEqual([
      ...["1000", "no-store"],
    ]);
  });

  it("is 404 for an unknown upload or another user's, and 401 without a credential", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": "4" }, undefined);
    await scene.tus.patch(url, { at: 0, body: "data" });
    const stranger = await scene.app.token(await scene.app.createUser());
    const asks = [
      { url: url.replace(idOf(url), "11111111-2222-4333-8444-555555555555"), token: null },
      { url, token: stranger },
    ];
    for (const { url: target, token } of asks) {
      const authorization = token === null ? scene.tus.headers.authorization : `Bearer ${token}`;
      const got = await send(target, { headers: { authorization: authorization ?? "" } });
      expect(codeIn(got)).toBe("404 NOT_FOUND");
    }
    expect((await send(url)).status).toBe(401);
  });
});

describe("Upload-Metadata", () => {
  it("uses `name` and `type` if `filename` and `filetype` are missing", async () => {
    await using scene = await tusScene();
    const create = async (pairs: Readonly<Record<string, string>>) =>
      scene.view(
        await scene.tus.create({ "upload-length": "4", "upload-metadata": metadataOf(pairs) }),
      );
    expect(await create({ name: "b.png", type: "image/png", album: "x" })).toMatchObject({
      ...{ filename: "b.png", contentType: "image/png" },
    });
    const both = { filename: "a.jpg", filetype: "image/jpeg", name: "b.png", type: "image/png" };
    expect(await create(both)).toMatchObject({
      ...{ filename: "a.jpg", contentType: "image/jpeg" },
      metadata: { name: "b.png", type: "image/png" },
    });
    expect((await create({ name: "b.png", album: "x" })).metadata).toEqual({ album: "x" });
  });
});
