import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { onDisk } from "../support/client-pages.ts";
import { patient } from "../support/e2e-stage.ts";
import { randomFile } from "../support/random-file.ts";
import { holds, openTusPages, sentBy, type TusPages } from "../support/tus-pages.ts";
import type { PageUpload } from "./pages/tus-js-client.ts";

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const file = randomFile(3 * MIB + 111, 5);

const body = `<input type="file">`;
const script = "tus-js-client.ts";

/** Uploads the file of the page's input, by default with the token. */
function upload(
  { service }: TusPages,
  page: Page,
  options: Partial<PageUpload> = {},
): Promise<string> {
  const { endpoint, headers } = service;
  return page.evaluate(`upload(${JSON.stringify({ endpoint, headers, ...options })})`);
}

describe.each(["same-origin", "cross-origin"] as const)("tus-js-client in a %s page", (from) => {
  it(
    "uploads in one request, in chunks, in parallel, and as a stream of unknown length",
    patient,
    async () => {
      await using pages = await openTusPages({ script, body, from });
      const page = await pages.open();
      await using disk = await onDisk(file);
      await page.setInputFiles("input", disk.path);
      const ways: readonly Partial<PageUpload>[] = [
        {},
        { chunkSize: 512 * KIB },
        { chunkSize: 512 * KIB, parallelUploads: 3 },
        { chunkSize: 512 * KIB, stream: true },
      ];
      for (const way of ways) {
        const url = await upload(pages, page, { ...way, fresh: true });
        expect(await pages.service.stored(url), JSON.stringify(way)).toBe(file.digest("sha256"));
      }
      const names = (await pages.service.listed()).map(({ filename }) => filename);
      expect(names).toEqual([file.name, file.name, file.name, file.name]);
    },
  );

  it("resumes after a reload by the file's fingerprint", patient, async () => {
    await using pages = await openTusPages({ script, body, from });
    const page = await pages.open();
    await using disk = await onDisk(file);
    await page.setInputFiles("input", disk.path);
    const { endpoint, headers } = pages.service;
    const options = JSON.stringify({ endpoint, headers, chunkSize: 256 * KIB });
    await page.evaluate("gate.letPass(4)");
    await page.evaluate(`void upload(${options})`);
    await holds(page, 1);
    await page.reload();
    await page.setInputFiles("input", disk.path);
    const url = await upload(pages, page, { chunkSize: 256 * KIB });
    const [first, second] = await sentBy(page);
    expect(first).toMatchObject({ method: "HEAD", url });
    expect(second).toMatchObject({ method: "PATCH", offset: MIB });
    expect(await pages.service.stored(url)).toBe(file.digest("sha256"));
  });

  it("resumes the parts of a parallel upload after a reload", patient, async () => {
    await using pages = await openTusPages({ script, body, from });
    const page = await pages.open();
    await using disk = await onDisk(file);
    await page.setInputFiles("input", disk.path);
    const { endpoint, headers } = pages.service;
    const options = { chunkSize: 256 * KIB, parallelUploads: 2 };
    await page.evaluate("gate.letPass(6)");
    await page.evaluate(`void upload(${JSON.stringify({ endpoint, headers, ...options })})`);
    await holds(page, 2);
    await page.reload();
    await page.setInputFiles("input", disk.path);
    const url = await upload(pages, page, options);
    const sent = await sentBy(page);
    expect(sent.filter(({ method }) => method === "POST")).toHaveLength(1);
    const patches = sent.filter(({ method }) => method === "PATCH").length;
    expect(patches).toBe(Math.ceil(file.size / 2 / (256 * KIB)) * 2 - 6);
    expect(await pages.service.stored(url)).toBe(file.digest("sha256"));
  });
});

describe("tus-js-client with the visitor's session", () => {
  it("uploads from a page of the service itself", patient, async () => {
    await using pages = await openTusPages({ script, body, from: "same-origin" });
    const page = await visit(pages);
    await using disk = await onDisk(file);
    await page.setInputFiles("input", disk.path);
    const url = await upload(pages, page, { headers: {}, chunkSize: MIB });
    expect(await pages.service.stored(url)).toBe(file.digest("sha256"));
  });

  it("uploads from a page whose origin is in CORS_ORIGINS", patient, async () => {
    const from = "cross-origin";
    await using pages = await openTusPages({ script, body, from, allowed: true });
    const page = await visit(pages);
    await using disk = await onDisk(file);
    await page.setInputFiles("input", disk.path);
    const options = { headers: {}, withCredentials: true, chunkSize: MIB };
    const url = await upload(pages, page, options);
    expect(await pages.service.stored(url)).toBe(file.digest("sha256"));
  });

  it("does not upload from any other page", patient, async () => {
    await using pages = await openTusPages({ script, body, from: "cross-origin" });
    const page = await visit(pages);
    await using disk = await onDisk(file);
    await page.setInputFiles("input", disk.path);
    const refused = upload(pages, page, { headers: {}, withCredentials: true });
    await expect(refused).rejects.toThrow("failed to create upload");
    expect(await pages.service.listed()).toEqual([]);
  });
});

/** Opens the page in a browser that is signed in at the service. */
async function visit(pages: TusPages): Promise<Page> {
  const page = await pages.open();
  const cookie = await pages.service.app.sessionCookie();
  const [name = "", value = ""] = cookie.split("=");
  await page.context().addCookies([{ name, value, url: pages.service.app.url, sameSite: "Lax" }]);
  return page;
}
