import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/node/index.ts";
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

/** The directives of a configuration, without comments, indentation and names of hosts. */
function directivesOf(configuration: string): string[] {
  const lines = configuration.split("\n").map((line) => line.trim());
  const ignored = /^(#|$|server [\w.-]+:\d+;|events|http \{|\})/;
  return lines.filter((line) => !ignored.test(line));
}

it("deploy/nginx.conf has the settings of the deployment guide", async () => {
  const root = path.join(import.meta.dirname, "../../..");
  const guide = await readFile(path.join(root, "docs/deployment.md"), "utf8");
  const block = /```nginx\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
  const deployed = await readFile(path.join(root, "deploy/nginx.conf"), "utf8");
  expect(directivesOf(deployed)).toEqual(directivesOf(block));
});

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

  it("passes events of uploads.watch on as they happen, with default settings", async () => {
    await using app = await bootApp();
    await using proxies = await startNginx(nginx ?? "", app.url, { default: { location: "" } });
    const url = proxies.urls.get("default") ?? "";
    const { trpc } = createUploadClient({ url, token: await app.token(), resume: false });
    const received: string[] = [];
    let onStarted = () => {};
    const started = new Promise<void>((resolve) => {
      onStarted = resolve;
    });
    const subscription = trpc.uploads.watch.subscribe(undefined, {
      onStarted: () => onStarted(),
      onData: ({ data }) => received.push(data.type),
    });
    await started;
    await trpc.uploads.init.mutate({ filename: "film", size: 3 });
    await expect.poll(() => received, { timeout: 20_000 }).toEqual(["created"]);
    subscription.unsubscribe();
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
