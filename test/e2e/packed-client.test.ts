import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { createUploadClient } from "../../src/client/node/index.ts";
import { bootApp } from "../support/boot-app.ts";
import { launchChromium } from "../support/client-pages.ts";
import { type PackageConsumer, packageConsumer } from "../support/package-consumer.ts";
import { type PackedProject, packProject } from "../support/packed-project.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const MIB = 2 ** 20;
/** 300 MB, and a little that fills no chunk. */
const BLOCKS = 287;

let packed: PackedProject;
let consumer: PackageConsumer;
let files: ReadonlyMap<string, Uint8Array | string>;

beforeAll(async () => {
  packed = await packProject();
  consumer = await packageConsumer(packed.tarball);
  files = await pageOf(consumer.path);
  return async () => {
    await consumer[Symbol.asyncDispose]();
    await packed[Symbol.asyncDispose]();
  };
}, 120_000);

/** The server, with the application's page beside it. */
const bootWithPage = (env: Readonly<Record<string, string>> = {}) =>
  bootApp({
    env,
    fallback: async (request, response) => {
      const file = files.get(request.url ?? "");
      const type = request.url?.endsWith(".js") ? "text/javascript" : "text/html";
      response.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file);
    },
  });

describe("an application with the package from its tarball, in Chromium", () => {
  it("uploads 300 MB", { timeout: 180_000 }, async () => {
    await using app = await bootWithPage();
    await using chromium = await launchChromium();
    const page = await chromium.open(app.url);
    await page.goto("/");
    // From the disk: a browser keeps only so many bytes of files that a page made up itself.
    await using folder = await tempDirectory();
    await page.setInputFiles("input", await writeLarge(path.join(folder.path, "large.bin")));

    const token = await app.token();
    const found = await page.evaluate(`upload(${JSON.stringify(token)})`);

    expect(found).toEqual({ size: BLOCKS * MIB, checksum: expectedDigest(), data: null });
  });

  it("watches its uploads with a token, a ticket and a cookie", { timeout: 120_000 }, async () => {
    await using app = await bootWithPage();
    await using chromium = await launchChromium();
    const token = await app.token();
    const cookie = await app.sessionCookie();
    const { uploads } = app.client(token);
    const urls: string[] = [];

    async function watched(credential: "token" | "ticket" | "cookie"): Promise<unknown> {
      const page = await chromium.open(app.url);
      page.on("request", (request) => urls.push(request.url()));
      const { id } = await uploads.init.mutate({ filename: credential, size: 4 });
      const { ticket } = await uploads.ticket.mutate({ id, expiresInSeconds: 60 });
      if (credential === "cookie") {
        const [name = "", value = ""] = cookie.split("=");
        await page.context().addCookies([{ name, value, url: app.url }]);
      }
      await page.goto("/");
      const bearer = { token, ticket, cookie: null }[credential];
      const told = page.evaluate(`watch(${JSON.stringify(bearer)}, ${JSON.stringify(id)})`);
      await page.waitForFunction("globalThis.started");
      const sender = createUploadClient({ url: app.url, token: ticket, resume: false });
      await sender.upload(Buffer.from("four"), { uploadId: id }).done;
      return told;
    }

    for (const credential of ["token", "ticket", "cookie"] as const) {
      expect(await watched(credential), credential).toEqual(["progress 0", "completed 4"]);
    }
    const streams = urls.filter((url) => url.includes("uploads.watch"));
    expect(streams).toHaveLength(3);
    for (const url of streams) expect(url).not.toMatch(/[?&](?!input=)/);
  });
});

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

// Resolves with what was told up to the completion.
globalThis.watch = (token, id) =>
  new Promise((resolve, reject) => {
    const client = createUploadClient(token === null ? {} : { token });
    const told = [];
    const watching = client.trpc.uploads.watch.subscribe({ id }, {
      onData: ({ data: { type, upload } }) => {
        globalThis.started = true;
        if (type !== "progress" || upload.offset === 0) told.push(type + " " + upload.offset);
        if (type !== "completed") return;
        watching.unsubscribe();
        resolve(told);
      },
      onError: (error) => reject(error),
    });
  });
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
