import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedApp } from "../support/boot-app.ts";
import { launchChromium } from "../support/client-pages.ts";
import { directPage } from "../support/direct-page.ts";
import { countTraffic, crc64, type DirectScene, openDirectScene } from "../support/direct-scene.ts";
import { versitygwPath } from "../support/s3-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const MIB = 2 ** 20;
const PART = 8 * MIB;

describe.skipIf(versitygwPath() === null)(
  "direct uploads in Chromium",
  { timeout: 120_000 },
  () => {
    let scene: DirectScene;
    let app: BootedApp;

    beforeAll(async () => {
      scene = await openDirectScene();
      await scene.allowOrigins();
      app = await scene.boot({ fallback: await directPage() });
    }, 60_000);
    afterAll(async () => {
      await app?.[Symbol.asyncDispose]();
      await scene?.[Symbol.asyncDispose]();
    });

    it("go to the bucket, and go on after the page was loaded again", async () => {
      await using chromium = await launchChromium();
      await using folder = await tempDirectory();
      const bytes = randomBytes(6 * PART + 17);
      const file = path.join(folder.path, "large.bin");
      await writeFile(file, bytes);
      const token = await app.token();
      const page = await chromium.open(app.url);
      const traffic = countTraffic(app);
      let puts = 0;
      page.on("requestfinished", (request) => {
        if (request.method() === "PUT") puts += 1;
      });
      // A slow line, so that the page is loaded again in the middle.
      const devtools = await page.context().newCDPSession(page);
      const throttle = (uploadThroughput: number) =>
        devtools.send("Network.emulateNetworkConditions", {
          offline: false,
          latency: 0,
          downloadThroughput: -1,
          uploadThroughput,
        });
      await page.goto("/");
      await devtools.send("Network.enable");
      await throttle(24 * MIB);
      await page.setInputFiles("input", file);
      const call = `upload(${JSON.stringify(token)})`;
      await page.evaluate(`void ${call}.catch(() => undefined)`);
      await page.waitForFunction(`globalThis.acknowledged >= ${2 * PART}`);

      await page.reload();
      await throttle(-1);
      const before = puts;
      expect(before).toBeLessThan(7);
      await page.setInputFiles("input", file);
      const found = await page.evaluate(call);
      expect(found).toMatchObject({
        size: bytes.length,
        checksum: await crc64(bytes),
        transfer: "direct",
      });
      expect(puts - before).toBeLessThanOrEqual(5);
      expect(traffic()).toBeLessThan(MIB);
      const { items } = await app.client(token).uploads.list.query();
      expect(items).toHaveLength(1);
    });
  },
);
