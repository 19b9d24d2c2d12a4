import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { launchChromium } from "../support/client-pages.ts";
import { freePort } from "../support/free-port.ts";
import { npm } from "../support/npm.ts";
import { type PackedProject, packProject } from "../support/packed-project.ts";
import { tempDirectory } from "../support/temp-directory.ts";

// `npm run check:vite`: the packed client in the development servers of Vite, which come from the
// registry. Vite 6 and 7 serve no worker file of a dependency; test/e2e/no-hash-worker.test.ts tests
// what follows from that without them.

const script = `
import { createUploadClient } from "trpc-chunked-upload/client";
globalThis.upload = async (url, token) => {
  const [file] = document.querySelector("input").files;
  return (await createUploadClient({ url, token }).upload(file).done).checksum;
};
`;

let packed: PackedProject;

beforeAll(async () => {
  packed = await packProject();
  return () => packed[Symbol.asyncDispose]();
});

/** An application with the package and this Vite, served in development. */
async function serveWithVite(version: string) {
  const directory = await tempDirectory();
  const at = (name: string) => path.join(directory.path, name);
  await mkdir(at("src"));
  await writeFile(at("package.json"), JSON.stringify({ type: "module", private: true }));
  await writeFile(
    at("index.html"),
    '<!doctype html><input type="file"><script type="module" src="/src/main.js"></script>',
  );
  await writeFile(at("src/main.js"), script);
  const wanted = ["install", packed.tarball, `vite@${version}`, "--no-audit", "--no-fund"];
  const { code, stderr } = await npm(wanted, directory.path);
  if (code !== 0) throw new Error(stderr);
  const port = await freePort();
  const args = ["node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(process.execPath, args, { cwd: directory.path, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  while (child.exitCode === null && (await fetch(url).catch(() => null)) === null) await sleep(100);
  return {
    url,
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close");
      if (child.exitCode === null && child.kill()) await closed;
      await directory[Symbol.asyncDispose]();
    },
  };
}

describe("the packed client in development", () => {
  for (const version of ["6", "7", "8"]) {
    it(`uploads with Vite ${version}`, { timeout: 240_000 }, async () => {
      await using app = await bootApp();
      await using vite = await serveWithVite(version);
      await using chromium = await launchChromium();
      const page = await chromium.open(vite.url);
      await page.goto("/");
      await page.waitForFunction("globalThis.upload");
      const buffer = Buffer.alloc(3_000_000, "four");
      await page.setInputFiles("input", { name: "a", mimeType: "", buffer });
      const call = [app.url, await app.token()].map((part) => JSON.stringify(part)).join();
      const checksum = await page.evaluate(`upload(${call})`);
      expect(checksum).toBe(createHash("md5").update(buffer).digest("hex"));
    });
  }
});
