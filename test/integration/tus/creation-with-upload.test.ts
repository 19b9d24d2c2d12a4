import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { openConnection } from "../../support/http-client.ts";
import { arriving } from "../../support/memory-core.ts";
import { randomFile } from "../../support/random-file.ts";
import { checksumOf, TUS_TYPE } from "../../support/tus-client.ts";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

describe("creation with upload", () => {
  const file = randomFile(50_000);
  const first = { "content-type": TUS_TYPE, "upload-length": "50000" };

  it("stores the first bytes, or all of them", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const some = await tus.ask("POST", tus.endpoint, {
      headers: first,
      body: file.slice(0, 20_000),
    });
    expect(some).toMatchObject({ status: 201, headers: { "upload-offset": "20000" } });
    const url = String(some.headers.location);
    expect((await tus.head(url)).headers["upload-offset"]).toBe("20000");
    await tus.patch(url, { at: 20_000, body: file.slice(20_000, 50_000) });
    expect((await scene.download(url)).body.equals(file.slice(0, 50_000))).toBe(true);

    const all = await tus.ask("POST", tus.endpoint, {
      headers: first,
      body: file.slice(0, 50_000),
    });
    expect(all).toMatchObject({ status: 201, headers: { "upload-offset": "50000" } });
    expect(await scene.view(String(all.headers.location))).toMatchObject({ status: "complete" });
  });

  it("may have no body, with any default type of a client", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const empty = await tus.ask("POST", tus.endpoint, { headers: first });
    expect(empty).toMatchObject({ status: 201, headers: { "upload-offset": "0" } });
    const type = "application/x-www-form-urlencoded";
    const headers = { "content-type": type, "upload-length": "10" };
    const form = await tus.ask("POST", tus.endpoint, { headers });
    expect(form.status).toBe(201);
    expect(form.headers["upload-offset"]).toBeUndefined();
    expect(codeIn(await tus.ask("POST", tus.endpoint, { headers, body: "data" }))).toBe(
      "415 UNSUPPORTED_MEDIA_TYPE",
    );
  });

  it("creates nothing if its bytes are refused", async () => {
    const profiles = defineProfiles({ default: profile({ accept: ["image/*"] }) });
    await using scene = await tusScene({ profiles });
    const { tus } = scene;
    const refused = await tus.ask("POST", tus.endpoint, { headers: first, body: "no picture" });
    expect(codeIn(refused)).toBe("400 REJECTED");
    const long = { ...first, "upload-length": "3" };
    expect(codeIn(await tus.ask("POST", tus.endpoint, { headers: long, body: "long" }))).toBe(
      "400 CHUNK_EXCEEDS_TOTAL",
    );
    const empty = { ...first, "upload-length": "0" };
    expect(codeIn(await tus.ask("POST", tus.endpoint, { headers: empty, body: "x" }))).toMatch(
      /^400/,
    );
    const { items } = await scene.app.client(await scene.app.token()).uploads.list.query({});
    expect(items).toEqual([]);
  });

  it("runs no hook if the body of an empty upload is refused", async () => {
    const completed: string[] = [];
    const onComplete = async ({ upload }: { upload: { id: string } }) => completed.push(upload.id);
    const profiles = defineProfiles({ default: profile({ onComplete }) });
    await using scene = await tusScene({ profiles });
    const { tus } = scene;
    const headers = { ...first, "upload-length": "0" };
    const refused = await tus.ask("POST", tus.endpoint, { headers, body: "x" });
    expect(codeIn(refused)).toBe("400 CHUNK_EXCEEDS_TOTAL");
    // Without Content-Length the body proves to be empty only at its end.
    const unmeasured = await tus.ask("POST", tus.endpoint, {
      headers,
      body: arriving(file.slice(0, 10)),
    });
    expect(codeIn(unmeasured)).toMatch(/^400/);
    const wrong = { ...headers, "upload-checksum": checksumOf("crc32", "00000001") };
    expect((await tus.ask("POST", tus.endpoint, { headers: wrong })).status).toBe(460);
    expect(completed).toEqual([]);
    expect((await tus.ask("POST", tus.endpoint, { headers })).status).toBe(201);
    const none = await tus.ask("POST", tus.endpoint, { headers, body: arriving(new Uint8Array()) });
    expect(none).toMatchObject({ status: 201, headers: { "upload-offset": "0" } });
    expect(await scene.view(String(none.headers.location))).toMatchObject({ status: "complete" });
    expect(completed).toHaveLength(2);
  });

  it("creates the upload with the bytes that arrived before the body stalled", async () => {
    await using scene = await tusScene({ env: { IDLE_TIMEOUT: "300ms" } });
    await using line = await openConnection(scene.app.url);
    const headers = { ...scene.tus.headers, ...first, "content-length": "50000" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    await line.write(`POST /api/tus HTTP/1.1\r\nhost: x\r\n${lines.join("")}\r\n`);
    await line.write(file.slice(0, 30_000));
    const answer = await line.waitFor("\r\n\r\n");
    expect(answer).toContain("HTTP/1.1 201");
    expect(answer).toMatch(/upload-offset: 30000/i);
    const url = /location: (\S+)/i.exec(answer)?.[1] ?? "";
    await scene.tus.patch(url, { at: 30_000, body: file.slice(30_000, 50_000) });
    expect((await scene.download(url)).body.equals(file.slice(0, 50_000))).toBe(true);
  });

  it("creates the upload with the bytes that arrived before the connection broke", async () => {
    await using scene = await tusScene();
    const line = await openConnection(scene.app.url);
    const headers = { ...scene.tus.headers, ...first, "content-length": "50000" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    await line.write(`POST /api/tus HTTP/1.1\r\nhost: x\r\n${lines.join("")}\r\n`);
    await line.write(file.slice(0, 30_000));
    const client = scene.app.client(await scene.app.token());
    const listed = async () => (await client.uploads.list.query({})).items[0];
    await expect.poll(async () => (await listed())?.id, { timeout: 5_000 }).toBeDefined();
    await line[Symbol.asyncDispose]();
    await expect.poll(async () => (await listed())?.offset, { timeout: 5_000 }).toBe(30_000);
    const id = (await listed())?.id ?? "";
    expect((await scene.tus.head(`${scene.tus.endpoint}/${id}`)).headers["upload-offset"]).toBe(
      "30000",
    );
  });
});
