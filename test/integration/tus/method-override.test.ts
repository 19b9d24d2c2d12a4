import { describe, expect, it } from "vitest";
import { tusCaller } from "../../support/tus-client.ts";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

describe("X-HTTP-Method-Override", () => {
  it("replaces any method", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "4" });
    const override = (method: string) => ({ "x-http-method-override": method });
    const headers = {
      ...override("PATCH"),
      "content-type": "application/offset+octet-stream",
      "upload-offset": "0",
    };
    const answer = await tus.ask("POST", url, { headers, body: "data" });
    expect(answer).toMatchObject({ status: 204, headers: { "upload-offset": "4" } });
    expect(await tus.ask("POST", url, { headers: override("HEAD") })).toMatchObject({
      status: 200,
      headers: { "upload-offset": "4" },
    });
    expect((await tus.ask("POST", url, { headers: override("DELETE") })).status).toBe(204);
    expect((await tus.head(url)).status).toBe(404);
  });

  it("does not bypass the check of cross-site changes", async () => {
    await using scene = await tusScene();
    const { app, tus } = scene;
    const url = await tus.create({ "upload-length": "4" });
    const page = tusCaller(app.url, {
      ...{ cookie: await app.sessionCookie(), "sec-fetch-site": "cross-site" },
      "x-http-method-override": "DELETE",
    });
    expect(codeIn(await page.ask("GET", url))).toBe("403 CROSS_ORIGIN");
    expect((await tus.head(url)).status).toBe(200);
  });
});
