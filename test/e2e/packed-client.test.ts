import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createUploadClient } from "../../src/client/node/index.ts";
import { type BootedApp, bootApp } from "../support/boot-app.ts";
import { launchChromium } from "../support/client-pages.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { writeRandomFile } from "../support/file-on-disk.ts";
import { type PackedPage, packedPage } from "../support/packed-page.ts";
import { chance, randomFile, runSeed } from "../support/random-file.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const MIB = 2 ** 20;
/** About 300 MB, not a multiple of the chunk size. */
const BLOCKS = 287;
/** Number of uploads through the fault proxy. */
const FAULTY = 24;
/** About a fifth of the requests fail. */
const odds = { cut: 0.06, reset: 0.06, stall: 0.02, refuse: 0.06, duplicate: 0.04 };

interface FoundView {
  readonly id: string;
  readonly size: number;
  readonly checksum: string;
}

let application: PackedPage;

beforeAll(async () => {
  application = await packedPage();
  return () => application[Symbol.asyncDispose]();
}, 120_000);

describe("an application with the packed client, in Chromium", () => {
  it("uploads 300 MB", { timeout: 180_000 }, async () => {
    await using app = await bootApp({ fallback: application.serve });
    await using chromium = await launchChromium();
    const page = await chromium.open(app.url);
    await page.goto("/");
    // From disk, since the browser limits the size of files that are created in a page.
    await using folder = await tempDirectory();
    await page.setInputFiles("input", await writeLarge(path.join(folder.path, "large.bin")));

    const token = await app.token();
    const found = await page.evaluate(`upload(${JSON.stringify(token)})`);

    expect(found).toEqual({ size: BLOCKS * MIB, checksum: expectedDigest(), data: null });
  });

  it("loses no upload and no byte on a faulty network", { timeout: 300_000 }, async () => {
    await using app = await bootApp({ fallback: application.serve });
    const seed = runSeed();
    await using proxy = await startFaultProxy({ target: app.url, seed, odds, stallMs: 3_000 });
    await using chromium = await launchChromium();
    const page = await chromium.open(app.url);
    await page.goto("/");
    await using folder = await tempDirectory();
    const luck = chance(seed);
    const sizes = Array.from({ length: FAULTY }, () => Math.floor(2 ** (16 + 6 * luck.next())));
    const files = sizes.map((size, at) => randomFile(size, seed + at));
    const paths = files.map((file, at) => path.join(folder.path, `${at}-${file.name}`));
    for (const [at, file] of files.entries()) await writeRandomFile(file, paths[at] ?? "");
    await page.setInputFiles("input", paths);

    const token = await app.token();
    const views = await page.evaluate(`uploadAll(${JSON.stringify({ url: proxy.url, token })})`);

    const shown = `seed ${seed}`;
    const expected = files.map(({ size, digest }) => ({ size, checksum: digest() }));
    expect(
      (views as FoundView[]).map(({ size, checksum }) => ({ size, checksum })),
      shown,
    ).toEqual(expected);
    for (const [at, { id }] of (views as FoundView[]).entries()) {
      expect(await storedDigest(app, token, id), shown).toBe(files[at]?.digest());
    }
    const { items } = await app.client(token).uploads.list.query({ status: "complete" });
    expect(items, shown).toHaveLength(FAULTY);
    const met = Object.entries(proxy.tally.faults);
    expect(
      met.reduce((sum, [, count]) => sum + count, 0),
      shown,
    ).toBeGreaterThan(FAULTY);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    process.stdout.write(
      `browser, ${shown}: ${FAULTY} uploads of ${bytes} bytes, ${proxy.tally.received - bytes} sent beyond; ${met.map(([kind, count]) => `${count} ${kind}`).join(", ")}\n`,
    );
  });

  it("sends with the session cookie from an origin in CORS_ORIGINS", async () => {
    await using elsewhere = await bootApp({ fallback: application.serve });
    await using app = await bootApp({ env: { CORS_ORIGINS: elsewhere.url } });
    await using chromium = await launchChromium();
    const page = await chromium.open(elsewhere.url);
    const [name = "", value = ""] = (await app.sessionCookie()).split("=");
    await page.context().addCookies([{ name, value, url: app.url, sameSite: "Lax" }]);
    await page.goto("/");
    const view = await page.evaluate(`uploadByCookie(${JSON.stringify(app.url)})`);
    expect(view).toMatchObject({ size: 4, status: "complete" });
  });

  it("watches its uploads with a token, a ticket and a cookie", { timeout: 120_000 }, async () => {
    await using app = await bootApp({ fallback: application.serve });
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
      const events = page.evaluate(`watch(${JSON.stringify(bearer)}, ${JSON.stringify(id)})`);
      await page.waitForFunction("globalThis.started");
      const sender = createUploadClient({ url: app.url, token: ticket, resume: false });
      await sender.continueUpload(Buffer.from("four"), { uploadId: id }).done;
      return events;
    }

    for (const credential of ["token", "ticket", "cookie"] as const) {
      expect(await watched(credential), credential).toEqual(["progress 0", "completed 4"]);
    }
    const streams = urls.filter((url) => url.includes("uploads.watch"));
    expect(streams).toHaveLength(3);
    for (const url of streams) expect(url).not.toMatch(/[?&](?!input=)/);
  });
});

/** The MD5 of the download, requested without the proxy. */
async function storedDigest({ url }: BootedApp, token: string, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/uploads/${id}/file`, { headers });
  return createHash("md5")
    .update(Buffer.from(await response.arrayBuffer()))
    .digest("hex");
}

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
