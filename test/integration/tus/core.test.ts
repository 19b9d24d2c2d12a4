import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { expire } from "../../support/edit-records.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { idOf, metadataOf, tusCaller } from "../../support/tus-client.ts";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

const SIZE = 100_000;
const file = randomFile(SIZE);
const all = file.slice(0, SIZE);

describe("a tus upload", () => {
  it("is created, sent in two requests, complete with the last byte, and deleted", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const header = metadataOf({ filename: "film.mp4", filetype: "video/mp4", album: "summer" });
    const created = await tus.ask("POST", tus.endpoint, {
      headers: { "upload-length": String(SIZE), "upload-metadata": header },
    });
    expect(created.status).toBe(201);
    const url = String(created.headers.location);
    expect(url).toMatch(new RegExp(`^${app.url}/api/tus/[0-9a-f-]{36}$`));
    expect(Date.parse(String(created.headers["upload-expires"]))).toBeGreaterThan(Date.now());
    expect(created.headers["tus-resumable"]).toBe("1.0.0");

    const first = await tus.patch(url, { at: 0, body: file.slice(0, 60_000) });
    expect(first).toMatchObject({ status: 204, headers: { "upload-offset": "60000" } });
    expect(first.headers["upload-expires"]).toBeDefined();
    const standing = await tus.head(url);
    expect(standing).toMatchObject({
      status: 200,
      headers: {
        ...{ "upload-offset": "60000", "upload-length": String(SIZE) },
        ...{ "upload-metadata": header, "cache-control": "no-store", "tus-resumable": "1.0.0" },
      },
    });
    expect(standing.headers["upload-defer-length"]).toBeUndefined();

    const last = await tus.patch(`${url}/`, { at: 60_000, body: file.slice(60_000, SIZE) });
    expect(last).toMatchObject({ status: 204, headers: { "upload-offset": String(SIZE) } });
    expect(last.headers["upload-expires"]).toBeUndefined();
    expect((await scene.download(url)).body.equals(all)).toBe(true);
    expect(await scene.view(url)).toMatchObject({
      ...{ status: "complete", filename: "film.mp4", contentType: "video/mp4" },
      ...{ metadata: { album: "summer" }, checksum: file.digest(), completion: "done" },
    });

    const ended = await tus.ask("DELETE", url);
    expect(ended).toMatchObject({ status: 204, headers: { "tus-resumable": "1.0.0" } });
    expect((await tus.head(url)).status).toBe(404);
    expect((await scene.download(url)).status).toBe(404);
  });

  it("returns 409 for a PATCH at another offset, and changes nothing", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": String(SIZE) });
    await tus.patch(url, { at: 0, body: file.slice(0, 1_000) });
    for (const offset of [0, 999, 1_001, SIZE, SIZE + 1]) {
      const answer = await tus.patch(url, { at: offset, body: file.slice(0, SIZE) });
      expect(codeIn(answer), String(offset)).toBe("409 OFFSET_MISMATCH");
      expect(answer.json()).toMatchObject({ expected_offset: 1_000, provided_offset: offset });
    }
    expect((await tus.head(url)).headers["upload-offset"]).toBe("1000");
  });

  it("accepts bodies without Content-Length, and empty ones", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "10" });
    expect(await tus.patch(url, { at: 0 })).toMatchObject({
      status: 204,
      headers: { "upload-offset": "0" },
    });
    async function* pieces() {
      yield Buffer.from("01234");
      yield Buffer.from("56789");
    }
    expect(await tus.patch(url, { at: 0, body: pieces() })).toMatchObject({
      status: 204,
      headers: { "upload-offset": "10" },
    });
    expect((await scene.download(url)).body.toString()).toBe("0123456789");
  });

  it("refuses a body that exceeds the length, and keeps none of it if it declares its length", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "10" });
    expect(codeIn(await tus.patch(url, { at: 0, body: "0123456789A" }))).toBe(
      "400 CHUNK_EXCEEDS_TOTAL",
    );
    async function* tooMany() {
      yield Buffer.from("0123456789A");
    }
    const counted = await tus.patch(url, { at: 0, body: tooMany() });
    expect(codeIn(counted)).toBe("400 CHUNK_EXCEEDS_TOTAL");
    expect(counted.json()).toMatchObject({
      detail: "End of chunk exceeds reported total (10 bytes)",
    });
    expect((await tus.head(url)).headers["upload-offset"]).toBe("0");
  });

  it("accepts repeated requests once complete, but no more bytes", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "4" }, undefined);
    await tus.patch(url, { at: 0, body: "data" });
    expect(codeIn(await tus.patch(url, { at: 0, body: "data" }))).toBe("409 OFFSET_MISMATCH");
    expect(codeIn(await tus.patch(url, { at: 3 }))).toBe("409 OFFSET_MISMATCH");
    expect((await tus.patch(url, { at: 4 })).status).toBe(204);
    expect(codeIn(await tus.patch(url, { at: 4, body: "more" }))).toBe("400 ALREADY_COMPLETE");
    async function* more() {
      yield Buffer.from("more");
    }
    expect((await tus.patch(url, { at: 4, body: more() })).status).toBe(400);
    expect(codeIn(await tus.patch(url, { at: 4, headers: { "upload-length": "5" } }))).toBe(
      "400 TOTAL_MISMATCH",
    );
    expect(await tus.head(url)).toMatchObject({
      status: 200,
      headers: { "upload-offset": "4", "upload-length": "4" },
    });
  });

  it("is 410 once expired, and 404 if it never existed", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const url = await tus.create({ "upload-length": "10" });
    await expire(app, idOf(url));
    const gone = await tus.head(url);
    expect(gone).toMatchObject({ status: 410, headers: { "tus-resumable": "1.0.0" } });
    expect(gone.headers["upload-offset"]).toBeUndefined();
    expect(codeIn(await tus.patch(url, { at: 0, body: "data" }))).toBe("410 EXPIRED");
    const nowhere = `${tus.endpoint}/11111111-2222-4333-8444-555555555555`;
    for (const unknown of [nowhere, `${tus.endpoint}/..%2f..%2fetc`, `${tus.endpoint}/a'--`]) {
      expect((await tus.head(unknown)).status, unknown).toBe(404);
      expect(codeIn(await tus.patch(unknown, { at: 0, body: "data" }))).toBe("404 NOT_FOUND");
      expect((await tus.ask("DELETE", unknown)).status).toBe(404);
    }
  });

  it("validates its headers strictly", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "10" });
    for (const offset of ["", "-1", "1.5", "0x1", "0, 0", "NaN", "+0"]) {
      const answer = await tus.patch(url, {
        at: 0,
        body: "data",
        headers: { "upload-offset": offset },
      });
      expect(codeIn(answer), offset).toBe("400 INVALID_INPUT");
    }
    expect(
      codeIn(
        await tus.patch(url, { at: 0, body: "data", headers: { "upload-offset": "9".repeat(31) } }),
      ),
    ).toBe("409 OFFSET_MISMATCH");
    for (const type of ["", "application/octet-stream", "multipart/form-data", "text/plain"]) {
      const answer = await tus.patch(url, {
        at: 0,
        body: "data",
        headers: { "content-type": type },
      });
      expect(codeIn(answer), type).toBe("415 UNSUPPORTED_MEDIA_TYPE");
    }
    const zipped = await tus.patch(url, {
      at: 0,
      body: "data",
      headers: { "content-encoding": "gzip" },
    });
    expect(codeIn(zipped)).toBe("415 UNSUPPORTED_MEDIA_TYPE");
    expect((await tus.head(url)).headers["upload-offset"]).toBe("0");
  });
});

describe("the version", () => {
  it("is required on every request except OPTIONS and plain GET", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "10" });
    const asks: [string, string][] = [
      ["POST", tus.endpoint],
      ["HEAD", url],
      ["PATCH", url],
      ["DELETE", url],
      ["GET", url],
    ];
    for (const [method, target] of asks) {
      for (const version of ["", "0.2.2", "1.0.0, 1.0.0", "1.0"]) {
        if (method === "GET" && version === "") continue;
        const answer = await tus.ask(method, target, { headers: { "tus-resumable": version } });
        expect(answer, `${method} ${version}`).toMatchObject({
          status: 412,
          headers: { "tus-version": "1.0.0", "tus-resumable": "1.0.0" },
        });
      }
    }
    expect((await tus.head(url)).headers["upload-offset"]).toBe("0");
  });

  it("is checked after the credential, and before path and method", async () => {
    await using app = await bootApp();
    const nobody = tusCaller(app.url, {});
    const refused = await nobody.ask("POST", nobody.endpoint, { headers: { "tus-resumable": "" } });
    expect(codeIn(refused)).toBe("401 UNAUTHENTICATED");
    expect(refused.headers["tus-resumable"]).toBe("1.0.0");
    const tus = tusCaller(app.url, { authorization: `Bearer ${await app.token()}` });
    for (const [method, path] of [
      ["GET", `${tus.endpoint}/a/b`],
      ["LOCK", tus.endpoint],
    ] as const) {
      expect((await tus.ask(method, path, { headers: { "tus-resumable": "2" } })).status).toBe(412);
    }
    expect(codeIn(await tus.ask("GET", tus.endpoint))).toBe("405 METHOD_NOT_ALLOWED");
    expect(codeIn(await tus.ask("GET", `${tus.endpoint}/a/b`))).toBe("404 NOT_FOUND");
    const got = await tus.ask("GET", `${tus.endpoint}/11111111-2222-4333-8444-555555555555`);
    expect(codeIn(got)).toBe("404 NOT_FOUND");
    const put = await tus.ask("PUT", `${tus.endpoint}/11111111-2222-4333-8444-555555555555`);
    expect(codeIn(put)).toBe("405 METHOD_NOT_ALLOWED");
    expect(put.headers.allow).toBe("GET, HEAD, PATCH, DELETE, OPTIONS");
  });
});

describe("OPTIONS", () => {
  it("returns the features of the server to any client", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_MAX_BYTES: "5 MB" } });
    const answer = await send(`${app.url}/api/tus/`, { method: "OPTIONS" });
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        ...{ "tus-version": "1.0.0", "tus-max-size": "5000000" },
        "tus-checksum-algorithm": "sha1,md5,sha256,crc32",
        "tus-extension":
          "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation,checksum-trailer",
      },
    });
    expect(answer.headers["tus-resumable"]).toBeUndefined();
  });

  it("has no Tus-Max-Size without a limit", async () => {
    await using app = await bootApp();
    const answer = await send(`${app.url}/api/tus`, { method: "OPTIONS" });
    expect(answer.headers["tus-max-size"]).toBeUndefined();
  });

  it("allows pages of other origins to use every header of tus", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const asked = "authorization,content-type,tus-resumable,upload-length,upload-metadata";
    const preflight = await send(`${app.url}/api/tus/11111111-2222-4333-8444-555555555555`, {
      method: "OPTIONS",
      headers: {
        ...{ origin: "https://any.example", "access-control-request-method": "PATCH" },
        "access-control-request-headers": asked,
      },
    });
    expect(preflight.headers["access-control-allow-methods"]).toContain("PATCH");
    expect(preflight.headers["access-control-allow-headers"]).toBe(asked);
    const created = await tus.ask("POST", tus.endpoint, {
      headers: { origin: "https://any.example", "upload-length": "10" },
    });
    expect(created.status).toBe(201);
    const exposed = String(created.headers["access-control-expose-headers"]);
    for (const name of ["Location", "Upload-Offset", "Upload-Length", "Tus-Resumable"]) {
      expect(exposed).toContain(name);
    }
  });
});
