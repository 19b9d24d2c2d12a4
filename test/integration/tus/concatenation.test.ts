import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { IDENTITY_FILE } from "../../../src/adapters/filesystem/store-identity.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { expire, readColumn } from "../../support/edit-records.ts";
import { randomFile } from "../../support/random-file.ts";
import { idOf, metadataOf, tusCaller } from "../../support/tus-client.ts";
import { join, partial, partialHeaders, partialsOf } from "../../support/tus-partials.ts";
import { codeIn, type TusScene, tusScene } from "../../support/tus-scene.ts";

/** The files of uploads in the store. */
async function stored({ app }: TusScene): Promise<string[]> {
  const entries = await readdir(`${app.dataDir}/media`, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return files.filter((name) => name !== IDENTITY_FILE);
}

describe.each(["sqlite", "postgresql"] as const)("concatenation on %s", (database) => {
  it("joins partial uploads that were sent in parallel", async () => {
    await using scene = await tusScene({ database });
    const { tus } = scene;
    const file = randomFile(3_000_000);
    const urls = await partialsOf(tus, file, 4);
    const header = metadataOf({ filename: "whole.bin", filetype: "video/mp4" });
    const created = await join(tus, urls, { "upload-metadata": header });
    expect(created.status).toBe(201);
    expect(created.headers["upload-expires"]).toBeUndefined();
    const url = String(created.headers.location);
    expect(await tus.head(url)).toMatchObject({
      status: 200,
      headers: {
        ...{ "upload-offset": "3000000", "upload-length": "3000000", "upload-metadata": header },
        "upload-concat": `final;${urls.join(" ")}`,
      },
    });
    expect((await scene.download(url)).body.equals(file.slice(0, file.size))).toBe(true);
    expect(await scene.view(url)).toMatchObject({
      ...{ status: "complete", filename: "whole.bin", checksum: file.digest() },
    });
    expect(await stored(scene)).toEqual([`${idOf(url)}.done`]);
  });

  it("returns the same final upload to a repeated request, at once or later", async () => {
    await using scene = await tusScene({ database });
    const { tus } = scene;
    const file = randomFile(1_000_000);
    const urls = await partialsOf(tus, file, 3);
    const answers = await Promise.all([join(tus, urls), join(tus, urls), join(tus, urls)]);
    const paths = urls.map((url) => new URL(url).pathname);
    answers.push(await join(tus, paths), await join(tus, urls));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    const locations = new Set(answers.map(({ headers }) => String(headers.location)));
    expect(locations.size).toBe(1);
    const [url = ""] = locations;
    expect((await scene.download(url)).body.equals(file.slice(0, file.size))).toBe(true);
    for (const part of urls) {
      expect(await tus.head(part)).toMatchObject({ status: 200, headers: partialHeaders });
    }
  });

  it("can use partial uploads again, in any order", async () => {
    await using scene = await tusScene({ database });
    const { tus } = scene;
    const file = randomFile(900_000);
    const [a = "", b = "", c = ""] = await partialsOf(tus, file, 3);
    // The client loses these responses and assumes that one part is missing.
    const lost = join(tus, [a, b, c]);
    const again = await partial(tus, file.slice(300_000, 600_000));
    const answers = await Promise.all([join(tus, [a, again, c]), join(tus, [c, b, a]), lost]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const [whole, backwards] = answers.map(({ headers }) => String(headers.location));
    const thirds = [0, 1, 2].map((at) => file.slice(at * 300_000, (at + 1) * 300_000));
    expect((await scene.download(whole ?? "")).body.equals(Buffer.concat(thirds))).toBe(true);
    const turned = Buffer.concat(thirds.reverse());
    expect((await scene.download(backwards ?? "")).body.equals(turned)).toBe(true);
  });

  it("continues after the process stopped in the middle", async () => {
    await using scene = await tusScene({ database });
    const { tus, app } = scene;
    const file = randomFile(48 * 2 ** 20);
    const urls = await partialsOf(tus, file, 3);
    const answer = join(tus, urls).catch(() => null);
    const listed = async () =>
      (await app.client(await app.token()).uploads.list.query({})).items.at(0);
    await expect
      .poll(async () => (await listed())?.offset ?? 0, { interval: 5 })
      .toBeGreaterThan(0);
    await app.restart();
    await answer;
    // No further request: it continues at the start of the server.
    await expect.poll(async () => (await listed())?.status, { timeout: 20_000 }).toBe("complete");
    const final = await listed();
    expect(final).toMatchObject({ size: file.size, checksum: file.digest() });
    expect(String((await join(tus, urls)).headers.location)).toContain(final?.id);
    expect(await stored(scene)).toEqual([`${final?.id}.done`]);
  });
});

describe("a partial upload", () => {
  it("has Upload-Concat, is not listed, and expires even if all its bytes are there", async () => {
    await using scene = await tusScene();
    const { tus, app } = scene;
    const url = await partial(tus, "part");
    const head = await tus.head(url);
    expect(head).toMatchObject({
      headers: { ...partialHeaders, "upload-offset": "4", "upload-length": "4" },
    });
    expect(head.headers["upload-expires"]).toBeDefined();
    const { uploads } = app.client(await app.token());
    expect((await uploads.list.query({})).items).toEqual([]);
    expect(await uploads.resumable.query({ filename: "upload", size: 4 })).toEqual([]);
    const admin = app.client(await app.token(await app.createUser({ role: "admin" })));
    expect(await admin.admin.uploads.list.query({})).toMatchObject({ items: [], total: 0 });
    expect((await admin.admin.stats.query({})).byStatus).toMatchObject({
      uploading: 0,
      complete: 0,
    });
    await expect(uploads.complete.mutate({ id: idOf(url), checksum: "x" })).rejects.toThrow(
      /partial/,
    );
    await expire(app, idOf(url));
    expect((await tus.head(url)).status).toBe(410);
    expect(codeIn(await join(tus, [url]))).toBe("410 EXPIRED");
  });

  it("is not checked by a profile and runs no hook", async () => {
    const ran: string[] = [];
    const profiles = defineProfiles({
      default: profile({
        accept: ["image/*"],
        metadata: z.object({ album: z.string() }),
        onComplete: ({ upload }) => ran.push(upload.id),
      }),
    });
    await using scene = await tusScene({ profiles });
    const url = await partial(scene.tus, "no picture at all");
    expect(codeIn(await join(scene.tus, [url]))).toBe("400 REJECTED");
    const album = { "upload-metadata": metadataOf({ album: "a" }) };
    expect(codeIn(await join(scene.tus, [url], album))).toBe("400 REJECTED");
    expect(ran).toEqual([]);
    expect(await readColumn(scene.app.dataDir, idOf(url), "state")).toBe("uploading");
  });

  it("is limited by the maximum size and the quota", async () => {
    const env = { CHUNKED_UPLOAD_MAX_BYTES: "1000", QUOTA_BYTES: "1500" };
    const profiles = defineProfiles({ default: profile() });
    await using scene = await tusScene({ env, profiles });
    const { tus } = scene;
    const begin = (length: string) =>
      tus.ask("POST", tus.endpoint, { headers: { ...partialHeaders, "upload-length": length } });
    expect(codeIn(await begin("1001"))).toBe("413 TOO_LARGE");
    const parts = [
      await partial(tus, Buffer.alloc(600, 1)),
      await partial(tus, Buffer.alloc(600, 2)),
    ];
    expect(codeIn(await begin("400"))).toBe("413 QUOTA_EXCEEDED");
    expect(codeIn(await join(tus, parts))).toBe("413 TOO_LARGE");
    expect((await join(tus, parts.slice(0, 1))).status).toBe(201);
    expect((await begin("300")).status).toBe(201);
  });

  it("may defer its length", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ ...partialHeaders, "upload-defer-length": "1" });
    await tus.patch(url, { at: 0, body: "part" });
    expect(codeIn(await join(tus, [url]))).toBe("400 INCOMPLETE");
    await tus.patch(url, { at: 4, headers: { "upload-length": "4" } });
    expect((await join(tus, [url])).status).toBe(201);
  });
});

describe("a final upload", () => {
  it("accepts no bytes: PATCH is 403, at other doors ALREADY_COMPLETE", async () => {
    await using scene = await tusScene();
    const { tus, app } = scene;
    const url = String((await join(tus, [await partial(tus, "part")])).headers.location);
    const refused = await tus.patch(url, { at: 4, body: "more" });
    expect(codeIn(refused)).toBe("403 ALREADY_COMPLETE");
    expect(refused.json()).toMatchObject({ status: 403, title: "Forbidden" });
    expect((await tus.patch(url, { at: 4 })).status).toBe(403);
    const raw = await tus.ask("PUT", `${app.url}/api/uploads/${idOf(url)}`, {
      headers: { "content-range": "bytes 4-7/8" },
      body: "more",
    });
    expect(codeIn(raw)).toBe("400 ALREADY_COMPLETE");
    expect((await scene.download(url)).body.toString()).toBe("part");
  });

  it("has neither length nor body, and a valid list", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await partial(tus, "part");
    for (const headers of [{ "upload-length": "4" }, { "upload-defer-length": "1" }]) {
      expect(codeIn(await join(tus, [url], headers))).toBe("400 INVALID_INPUT");
    }
    const concat = (value: string, body?: string) =>
      tus.ask("POST", tus.endpoint, { headers: { "upload-concat": value }, body });
    expect(codeIn(await concat(`final;${url}`, "body"))).toBe("400 INVALID_INPUT");
    for (const value of [
      ...["final", "final;", "final; ", "Partial", "partial;", "partial, partial", "x"],
      ...["final;http://[", `final;${url}\tx`, `final;${tus.endpoint}/%zz`],
    ]) {
      expect(codeIn(await concat(value)), value).toBe("400 INVALID_INPUT");
    }
    for (const value of [`final;${tus.endpoint}`, "final;/etc/passwd", "final;file:///api/tus/x"]) {
      expect(codeIn(await concat(value)), value).toBe("404 NOT_FOUND");
    }
  });

  it("uses only the path of URLs and never fetches them", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const id = idOf(await partial(tus, "part"));
    const list = [
      `http://127.0.0.1:1/api/tus/${id}/`,
      `/api/tus/${id.toUpperCase()}`,
      `tus/${id}?x#y`,
    ];
    const answer = await join(tus, list);
    expect(answer.status).toBe(201);
    expect((await scene.download(String(answer.headers.location))).body.toString()).toBe(
      "partpartpart",
    );
  });

  it("cannot use partial uploads of other users", async () => {
    await using scene = await tusScene({ env: { CHUNKED_UPLOAD_USER_RESTRICTED: "false" } });
    const { tus, app } = scene;
    const other = tusCaller(app.url, {
      authorization: `Bearer ${await app.token(await app.createUser())}`,
    });
    const theirs = await partial(other, "theirs");
    const mine = await partial(tus, "mine");
    expect(codeIn(await join(tus, [mine, theirs]))).toBe("404 NOT_FOUND");
    expect(codeIn(await join(other, [mine]))).toBe("404 NOT_FOUND");
    const whole = await tus.create({ "upload-length": "4" });
    await tus.patch(whole, { at: 0, body: "data" });
    expect(codeIn(await join(tus, [mine, whole]))).toBe("404 NOT_FOUND");
    const short = await tus.create({ ...partialHeaders, "upload-length": "5" });
    expect(codeIn(await join(tus, [mine, short]))).toBe("400 INCOMPLETE");
    for (const url of [mine, theirs]) {
      expect(await readColumn(app.dataDir, idOf(url), "state")).toBe("uploading");
    }
  });

  it("can use anonymous partial uploads by their ids, if anonymous uploads are allowed", async () => {
    await using scene = await tusScene({ env: { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" } });
    const nobody = tusCaller(scene.app.url, {});
    const url = await partial(nobody, "anonymous");
    expect(codeIn(await join(scene.tus, [url]))).toBe("404 NOT_FOUND");
    const answer = await join(nobody, [url]);
    expect(answer.status).toBe(201);
    expect((await nobody.head(String(answer.headers.location))).headers["upload-offset"]).toBe("9");
  });

  it("may have one part or a hundred", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const file = randomFile(100_000);
    const urls = await partialsOf(tus, file, 100);
    const answer = await join(
      tus,
      urls.map((url) => new URL(url).pathname),
    );
    expect(answer.status).toBe(201);
    const whole = await scene.download(String(answer.headers.location));
    expect(whole.body.equals(file.slice(0, file.size))).toBe(true);
  });

  it("is deleted together with its partial uploads", async () => {
    await using scene = await tusScene({ database: "sqlite" });
    const { tus } = scene;
    const urls = [await partial(tus, "a"), await partial(tus, "b")];
    const url = String((await join(tus, urls)).headers.location);
    expect((await tus.ask("DELETE", url)).status).toBe(204);
    for (const each of [url, ...urls]) expect((await tus.head(each)).status).toBe(404);
    expect(await stored(scene)).toEqual([]);
  });
});
