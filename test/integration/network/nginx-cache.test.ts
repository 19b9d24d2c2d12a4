import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { findNginx, startNginx } from "../../support/nginx.ts";
import { tusCaller } from "../../support/tus-client.ts";

const nginx = findNginx();
if (nginx === null) {
  process.stdout.write("No nginx is found (NGINX_PATH names one): its cache is not tested.\n");
}

describe.runIf(nginx !== null)("behind nginx", () => {
  it("a cache that asks GET for HEAD does not hide where an unfinished upload is", async () => {
    await using app = await bootApp();
    await using proxies = await startNginx(nginx ?? "", app.url, {
      cache: {
        http: "proxy_cache_path cache keys_zone=responses:1m;",
        location: "proxy_cache responses; proxy_cache_valid any 1m;",
      },
    });
    const tus = tusCaller(app.url, { authorization: `Bearer ${await app.token()}` });
    const url = await tus.create({ "upload-length": "6" });
    const cached = `${proxies.urls.get("cache")}${new URL(url).pathname}`;
    for (const at of [0, 3]) {
      const head = await tus.head(cached);
      expect([head.status, head.headers["upload-offset"]]).toEqual([200, String(at)]);
      expect((await tus.patch(cached, { at, body: "abc" })).status).toBe(204);
    }
    expect((await tus.head(cached)).headers["upload-offset"]).toBe("6");
  });
});
