import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { launchChromium } from "../support/client-pages.ts";
import { packageConsumer } from "../support/package-consumer.ts";
import { packProject } from "../support/packed-project.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const MIB = 2 ** 20;
/** 300 MB, and a little that fills no chunk. */
const BLOCKS = 287;

it("an application with the package from its tarball uploads 300 MB from Chromium", async () => {
  await using packed = await packProject();
  await using consumer = await packageConsumer(packed.tarball);
  const files = await pageOf(consumer.path);
  await using app = await bootApp({
    fallback: async (request, response) => {
      const file = files.get(request.url ?? "");
      const type = request.url?.endsWith(".js") ? "text/javascript" : "text/html";
      response.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file);
    },
  });
  await using chromium = await launchChromium();
  const page = await chromium.open(app.url);
  await page.goto("/");
  // From the disk: a browser keeps only so many bytes of files that a page made up itself.
  await using folder = await tempDirectory();
  await page.setInputFiles("input", await writeLarge(path.join(folder.path, "large.bin")));

  const token = await app.token();
  const found = await page.evaluate(`upload(${JSON.stringify(token)})`);

  expect(found).toEqual({ size: BLOCKS * MIB, checksum: expectedDigest(), data: null });
}, 180_000);

/** An application's page: its script, bundled for a browser, and the package's worker beside it. */
async function pageOf(consumer: string): Promise<Map<string, Uint8Array | string>> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: consumer },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const worker = "node_modules/trpc-chunked-upload/dist/package/hash-worker.js";
  return new Map([
    ["/", `<!doctype html><input type="file"><script type="module" src="/page.js"></script>`],
    ["/page.js", outputFiles[0]?.contents ?? ""],
    ["/hash-worker.js", await readFile(path.join(consumer, worker))],
  ]);
}

const script = `
import { createUploadClient } from "trpc-chunked-upload/client";

globalThis.upload = async (token) => {
  const client = createUploadClient({ token });
  const [file] = document.querySelector("input").files;
  const { size, checksum, data } = await client.upload(file).done;
  return { size, checksum, data };
};
`;

const block = (at: number) => Buffer.alloc(MIB, at % 256);

async function writeLarge(at: string): Promise<string> {
  await using file = await open(at, "w");
  for (let index = 0; index < BLOCKS; index += 1) await file.write(block(index));
  return at;
}

function expectedDigest(): string {
  const hash = createHash("md5");
  for (let at = 0; at < BLOCKS; at += 1) hash.update(block(at));
  return hash.digest("hex");
}
