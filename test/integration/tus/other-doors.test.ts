import { describe, expect, it } from "vitest";
import { beginUpload, expectWhole } from "../../support/begin-upload.ts";
import { editRecords } from "../../support/edit-records.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { idOf } from "../../support/tus-client.ts";
import { codeIn, type TusScene, tusScene } from "../../support/tus-scene.ts";

const SIZE = 200_000;
const file = randomFile(SIZE);

const begin = ({ app, tus }: TusScene, size: number | null = SIZE) => {
  const { authorization = "" } = tus.headers;
  return beginUpload({ url: app.url, headers: { authorization }, file, init: { size } });
};

describe("an upload created by tus", () => {
  it("accepts bytes at the raw door, and completes with the last one", async () => {
    await using scene = await tusScene();
    const { tus, app } = scene;
    const url = await tus.create({ "upload-length": String(SIZE) });
    await tus.patch(url, { at: 0, body: file.slice(0, 50_000) });
    const raw = await tus.ask("PUT", `${app.url}/api/uploads/${idOf(url)}`, {
      headers: { "content-range": `bytes 50000-${SIZE - 1}/${SIZE}` },
      body: file.slice(50_000, SIZE),
    });
    expect(raw.status).toBe(200);
    expect(raw.json()).toMatchObject({ status: 2, offset: SIZE });
    expect(await tus.head(url)).toMatchObject({ headers: { "upload-offset": String(SIZE) } });
    expect((await scene.download(url)).body.equals(file.slice(0, SIZE))).toBe(true);
  });

  it("is listed, read and deleted by the typed client", async () => {
    await using scene = await tusScene();
    const { tus, app } = scene;
    const url = await tus.create({ "upload-defer-length": "1" });
    await tus.patch(url, { at: 0, body: "0123" });
    const { uploads } = app.client(await app.token());
    expect((await uploads.list.query({})).items).toMatchObject([{ id: idOf(url), size: null }]);
    const checksum = (await uploads.status.query({ id: idOf(url) })).prefix?.checksum ?? "";
    expect(await uploads.complete.mutate({ id: idOf(url), checksum })).toMatchObject({ size: 4 });
    expect((await tus.head(url)).headers["upload-length"]).toBe("4");
    await uploads.delete.mutate({ id: idOf(url) });
    expect((await tus.head(url)).status).toBe(404);
  });
});

describe("an upload created by tRPC", () => {
  it("is continued by tus, and complete if its last byte arrives by PATCH", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const upload = await begin(scene);
    await upload.send({ start: 0, end: 80_000 });
    const url = `${tus.endpoint}/${upload.id}`;
    expect(await tus.head(url)).toMatchObject({
      headers: { "upload-offset": "80000", "upload-length": String(SIZE) },
    });
    const patched = await tus.patch(url, { at: 80_000, body: file.slice(80_000, SIZE) });
    expect(patched).toMatchObject({ status: 204, headers: { "upload-offset": String(SIZE) } });
    expect(await upload.status()).toMatchObject({ status: "complete" });
    await expectWhole(upload);
  });

  it("is not complete if its last byte arrives at the raw door", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const upload = await begin(scene);
    await upload.send({ start: 0, end: SIZE });
    expect((await tus.head(`${tus.endpoint}/${upload.id}`)).headers["upload-offset"]).toBe(
      String(SIZE),
    );
    expect(await upload.status()).toMatchObject({ status: "uploading" });
    await upload.complete();
  });

  it("is 410 for tus HEAD once expired, but visible at other doors", async () => {
    await using scene = await tusScene();
    const upload = await begin(scene);
    const expiresAt = new Date(Date.now() - 1_000);
    const edit = { id: upload.id, set: { expiresAt } };
    await editRecords(scene.app.dataDir, "ChunkedUpload", edit);
    expect((await scene.tus.head(`${scene.tus.endpoint}/${upload.id}`)).status).toBe(410);
    expect(await upload.status()).toMatchObject({ status: "expired" });
  });

  it("can be deleted by tus", async () => {
    await using scene = await tusScene();
    const upload = await begin(scene);
    const url = `${scene.tus.endpoint}/${upload.id}`;
    expect((await scene.tus.ask("DELETE", url)).status).toBe(204);
    expect((await send(upload.target.url, { headers: { ...upload.target.headers } })).status).toBe(
      404,
    );
  });

  it("allows a ticket to append by tus, and nothing else", async () => {
    await using scene = await tusScene();
    const upload = await begin(scene, 4);
    const ask = { id: upload.id, expiresInSeconds: 60 };
    const { ticket } = await upload.client.uploads.ticket.mutate(ask);
    const url = `${scene.tus.endpoint}/${upload.id}`;
    const authorization = `Bearer ${ticket}`;
    const by = (method: string, target: string, headers = {}) =>
      scene.tus.ask(method, target, { headers: { authorization, ...headers } });
    expect((await by("HEAD", url)).status).toBe(200);
    expect(codeIn(await by("DELETE", url))).toBe("404 NOT_FOUND");
    expect(codeIn(await by("POST", scene.tus.endpoint, { "upload-length": "4" }))).toBe(
      "401 UNAUTHENTICATED",
    );
    const patched = await scene.tus.patch(url, { at: 0, body: "data", headers: { authorization } });
    expect(patched.status).toBe(204);
  });
});

describe("an upload with all bytes when the process died", () => {
  /** The state after a crash between the last commit and the completion. */
  async function fullButNotComplete(scene: TusScene): Promise<string> {
    const url = await scene.tus.create({ "upload-length": String(SIZE) });
    await scene.tus.patch(url, { at: 0, body: file.slice(0, SIZE - 1) });
    const id = idOf(url);
    // The length is still unknown when the last byte arrives, so that the upload does not complete.
    const set = { size: null, origin: "api" };
    await editRecords(scene.app.dataDir, "ChunkedUpload", { id, set });
    await scene.tus.ask("PUT", `${scene.app.url}/api/uploads/${id}`, {
      headers: { "content-range": `bytes ${SIZE - 1}-${SIZE - 1}/*` },
      body: file.slice(SIZE - 1, SIZE),
    });
    const whole = { size: SIZE, origin: "tus" };
    await editRecords(scene.app.dataDir, "ChunkedUpload", { id, set: whole });
    expect(await scene.view(url)).toMatchObject({ status: "uploading", offset: SIZE, size: SIZE });
    return url;
  }

  it("completes when its client requests the offset", async () => {
    await using scene = await tusScene();
    const url = await fullButNotComplete(scene);
    expect((await scene.tus.head(url)).headers["upload-offset"]).toBe(String(SIZE));
    expect(await scene.view(url)).toMatchObject({ status: "complete", checksum: file.digest() });
  });

  it("completes at the next start without a request", async () => {
    await using scene = await tusScene();
    const url = await fullButNotComplete(scene);
    await scene.app.restart();
    await expect.poll(async () => (await scene.view(url)).status).toBe("complete");
  });
});
