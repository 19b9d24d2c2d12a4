import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { freePort } from "../../support/free-port.ts";
import { findNginx, runNginx, startNginx } from "../../support/nginx.ts";
import { createFinal, metadataOf, tusCaller } from "../../support/tus-client.ts";

const nginx = findNginx();
if (nginx === null) {
  process.stdout.write("No nginx is found (NGINX_PATH names one): its settings are not tested.\n");
}

/** The settings that the deployment guide names, in front of the application at `appUrl`. */
async function guideSettings(appUrl: string): Promise<{ http: string; url: string }> {
  const guide = path.join(import.meta.dirname, "../../../docs/deployment.md");
  const block = /```nginx\n([\s\S]*?)```/.exec(await readFile(guide, "utf8"))?.[1] ?? "";
  const port = await freePort();
  const http = block
    .replace("127.0.0.1:3000", new URL(appUrl).host)
    .replace("listen 80;", `listen 127.0.0.1:${port};`);
  return { http, url: `http://127.0.0.1:${port}` };
}

const longMetadata = metadataOf({ filename: "a", note: "x".repeat(5_000) });

describe.runIf(nginx !== null)("behind nginx", () => {
  it("long headers pass in both directions with the settings of the deployment guide", async () => {
    await using app = await bootApp({ env: { TRUSTED_PROXIES: "127.0.0.1" } });
    const { http, url } = await guideSettings(app.url);
    await using _proxy = await runNginx(nginx ?? "", http, [url]);
    const tus = tusCaller(url, { authorization: `Bearer ${await app.token()}` });
    const created = await tus.create({ "upload-length": "3", "upload-metadata": longMetadata });
    expect(new URL(created).origin).toBe(url);
    expect((await tus.head(created)).headers["upload-metadata"]).toBe(longMetadata);
    expect((await tus.patch(created, { at: 0, body: "abc" })).status).toBe(204);
    const final = await createFinal(tus, 200);
    expect((await tus.head(final)).status).toBe(200);
  });

  it("without proxy_buffer_size they do not", async () => {
    await using app = await bootApp();
    await using proxies = await startNginx(nginx ?? "", app.url, { default: { location: "" } });
    const credential = { authorization: `Bearer ${await app.token()}` };
    const direct = tusCaller(app.url, credential);
    const url = await direct.create({ "upload-length": "3", "upload-metadata": longMetadata });
    const { pathname } = new URL(url);
    expect((await direct.head(`${proxies.urls.get("default")}${pathname}`)).status).toBe(502);
  });
});
