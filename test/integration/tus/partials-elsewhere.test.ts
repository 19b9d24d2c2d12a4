import { describe, expect, it } from "vitest";
import { DrfClient, said } from "../../support/drf-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { idOf } from "../../support/tus-client.ts";
import { codeIn, type TusScene, tusScene } from "../../support/tus-scene.ts";

const SIZE = 300_000;
const THIRD = SIZE / 3;
const file = randomFile(SIZE);
const third = (at: number) => file.slice(at * THIRD, (at + 1) * THIRD);

const partial = ({ tus }: TusScene) =>
  tus.create({ "upload-length": String(THIRD), "upload-concat": "partial" });
const final = ({ tus }: TusScene, parts: readonly string[]) =>
  tus.ask("POST", tus.endpoint, { headers: { "upload-concat": `final;${parts.join(" ")}` } });
const drfOf = ({ app, tus }: TusScene) => new DrfClient(app.url, tus.headers);

async function threePartials(scene: TusScene): Promise<string[]> {
  const urls: string[] = [];
  for (const at of [0, 1, 2]) {
    const url = await partial(scene);
    await scene.tus.patch(url, { at: 0, body: third(at) });
    urls.push(url);
  }
  return urls;
}

describe("a partial upload at other doors", () => {
  it("accepts bytes at the raw and drf doors, and cannot be completed there", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const drf = drfOf(scene);
    const urls = [await partial(scene), await partial(scene), await partial(scene)];
    const [byRaw = "", byDrf = "", byTus = ""] = urls;
    const raw = await tus.ask("PUT", `${app.url}/api/uploads/${idOf(byRaw)}`, {
      headers: { "content-range": `bytes 0-${THIRD - 1}/${THIRD}` },
      body: third(0),
    });
    expect(raw.json()).toMatchObject({ status: 1, offset: THIRD });
    const drfUrl = drf.urlOf(idOf(byDrf));
    await drf.put({ bytes: third(1).subarray(0, 40_000), total: THIRD }, drfUrl);
    const put = await drf.put(
      { bytes: third(1).subarray(40_000), start: 40_000, total: THIRD },
      drfUrl,
    );
    expect(said(put)).toMatchObject({ status: 1, offset: THIRD });
    await tus.patch(byTus, { at: 0, body: third(2) });
    expect(codeIn(await drf.complete(drfUrl, { md5: "0".repeat(32) }))).toBe("400 REJECTED");
    const { uploads } = app.client(await app.token());
    const claim = { id: idOf(byRaw), checksum: "0".repeat(32) };
    await expect(uploads.complete.mutate(claim)).rejects.toMatchObject({
      data: { upload: { code: "REJECTED" } },
    });
    const whole = await final(scene, urls);
    const url = String(whole.headers.location);
    expect((await scene.download(url)).body.equals(file.slice(0, SIZE))).toBe(true);
    expect(codeIn(await scene.download(byRaw))).toBe("409 NOT_COMPLETE");
  });

  it("that is deleted there does not corrupt a final upload of the following ones", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const urls = await threePartials(scene);
    const [first = "", second = "", last = ""] = urls;
    expect((await final(scene, urls)).status).toBe(201);
    const ended = await tus.ask("DELETE", `${app.url}/api/uploads/${idOf(first)}`);
    expect(ended.status).toBe(204);
    expect(codeIn(await final(scene, [second, last]))).toBe("410 EXPIRED");
  });

  it("accepts bytes by a ticket, which cannot create, join, list or delete", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const url = await partial(scene);
    const client = app.client(await app.token());
    const ask = { id: idOf(url), expiresInSeconds: 60 };
    const { ticket } = await client.uploads.ticket.mutate(ask);
    const headers = { authorization: `Bearer ${ticket}` };
    const drf = new DrfClient(app.url, headers);
    const drfUrl = drf.urlOf(idOf(url));
    expect((await drf.put({ bytes: third(0), total: THIRD }, drfUrl)).status).toBe(200);
    expect((await drf.ask("GET", drfUrl)).status).toBe(200);
    const joined = await tus.ask("POST", tus.endpoint, {
      headers: { ...headers, "upload-concat": `final;${url}` },
    });
    expect(codeIn(joined)).toBe("401 UNAUTHENTICATED");
    expect(codeIn(await drf.ask("GET", drf.at))).toBe("401 UNAUTHENTICATED");
    expect(codeIn(await drf.put({ bytes: third(0) }))).toBe("401 UNAUTHENTICATED");
    expect(codeIn(await drf.whole({ bytes: third(0), fields: { md5: "x" } }))).toBe(
      "401 UNAUTHENTICATED",
    );
    expect(codeIn(await drf.ask("DELETE", drfUrl))).toBe("404 NOT_FOUND");
    expect((await final(scene, [url])).status).toBe(201);
  });
});

describe("a final upload at other doors", () => {
  it("accepts no bytes, and can be read, listed and deleted", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const drf = drfOf(scene);
    const url = String((await final(scene, await threePartials(scene))).headers.location);
    const raw = `${app.url}/api/uploads/${idOf(url)}`;
    const range = { "content-range": `bytes 0-9/${SIZE}` };
    const put = await tus.ask("PUT", raw, { headers: range, body: "0123456789" });
    expect(codeIn(put)).toBe("400 ALREADY_COMPLETE");
    const bytes = Buffer.from("0123456789");
    const drfPut = await drf.put({ bytes, total: SIZE }, drf.urlOf(idOf(url)));
    expect(codeIn(drfPut)).toBe("400 ALREADY_COMPLETE");
    const checksum = file.digest();
    const { uploads } = app.client(await app.token());
    expect(await uploads.complete.mutate({ id: idOf(url), checksum })).toMatchObject({
      status: "complete",
    });
    expect(said(await drf.complete(drf.urlOf(idOf(url)), { md5: checksum }))).toMatchObject({
      status: 2,
    });
    expect((await drf.ask("GET", drf.at)).json()).toMatchObject([{ id: idOf(url) }]);
    expect((await drf.ask("DELETE", drf.urlOf(idOf(url)))).status).toBe(204);
    expect((await tus.head(url)).status).toBe(404);
  });
});

describe("an overriding method", () => {
  it("is used for the check of cross-site changes", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const url = await partial(scene);
    const cookie = await app.sessionCookie();
    const from = (site: string, method: string, override: string) =>
      tus.ask(method, url, {
        headers: {
          ...{ authorization: "", cookie, "sec-fetch-site": site },
          "x-http-method-override": override,
        },
      });
    expect(codeIn(await from("cross-site", "GET", "DELETE"))).toBe("403 CROSS_ORIGIN");
    expect((await from("cross-site", "HEAD", "delete")).status).toBe(403);
    expect((await from("cross-site", "POST", "HEAD")).status).toBe(200);
    expect((await from("same-origin", "POST", "DELETE")).status).toBe(204);
    expect((await tus.head(url)).status).toBe(404);
  });
});
