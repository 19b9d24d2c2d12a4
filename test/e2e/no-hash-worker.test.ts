import { createHash } from "node:crypto";
import type { Route } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { launchChromium } from "../support/client-pages.ts";
import { type PackedPage, packedPage } from "../support/packed-page.ts";

let application: PackedPage;

beforeAll(async () => {
  application = await packedPage();
  return () => application[Symbol.asyncDispose]();
}, 120_000);

const script = (body: string) => ({ contentType: "text/javascript", body });

/** Responses to the request for the worker's script. */
const servers: Readonly<Record<string, (route: Route) => Promise<void>>> = {
  "is served as a page (Vite 6 and 7 in development)": (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><p>app" }),
  "is not found": (route) => route.fulfill({ status: 404, body: "" }),
  "is not reachable": (route) => route.abort(),
  "throws at startup": (route) => route.fulfill(script('throw new Error("no")')),
  "never responds": (route) => route.fulfill(script("")),
  "is never loaded": () => new Promise(() => undefined),
};

describe("an upload from a page whose hash worker", () => {
  for (const [name, serve] of Object.entries(servers)) {
    it(name, { timeout: 60_000 }, async () => {
      await using app = await bootApp({ fallback: application.serve });
      await using chromium = await launchChromium();
      const page = await chromium.open(app.url);
      await page.route("**/hash-worker.js", serve);
      await page.goto("/");
      const buffer = Buffer.alloc(3_000_000, "four");
      await page.setInputFiles("input", { name: "a", mimeType: "", buffer });
      const checksum = createHash("md5").update(buffer).digest("hex");
      const done = await page.evaluate(`upload(${JSON.stringify(await app.token())})`);
      expect(done).toMatchObject({ size: buffer.length, checksum });
    });
  }

  it("is blocked by the page's Content-Security-Policy", { timeout: 60_000 }, async () => {
    await using app = await bootApp({ fallback: application.serve });
    await using chromium = await launchChromium();
    const page = await chromium.open(app.url);
    await page.route("**/", async (route) => {
      const response = await route.fetch();
      const policy = "worker-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
      const headers = { ...response.headers(), "content-security-policy": policy };
      await route.fulfill({ response, headers });
    });
    await page.goto("/");
    await page.setInputFiles("input", { name: "a", mimeType: "", buffer: Buffer.from("four") });
    const done = await page.evaluate(`upload(${JSON.stringify(await app.token())})`);
    expect(done).toMatchObject({ size: 4 });
  });
});
