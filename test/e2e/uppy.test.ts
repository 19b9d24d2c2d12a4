import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { patient } from "../support/e2e-stage.ts";
import { writeRandomFile } from "../support/file-on-disk.ts";
import { randomFile } from "../support/random-file.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { holds, openTusPages, sentBy, type TusPages } from "../support/tus-pages.ts";
import type { UppyUpload } from "./pages/uppy.ts";

const KIB = 2 ** 10;
const chunkSize = 128 * KIB;
const films = [1, 2, 3].map((seed) => randomFile(1_024 * KIB + seed, seed));

const body = `<div id="files"></div>`;
const script = "uppy.ts";

/** Creates an Uppy dashboard in the page and adds the files. */
async function addFiles(
  { service }: TusPages,
  page: Page,
  paths: readonly string[],
): Promise<void> {
  const { endpoint, headers } = service;
  await page.evaluate(`begin(${JSON.stringify({ endpoint, headers, chunkSize })})`);
  await page
    .locator(".uppy-Dashboard-input")
    .first()
    .setInputFiles([...paths]);
}

async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Upload 3 files" }).click();
}

const appended = async (page: Page) =>
  (await sentBy(page)).filter(({ method }) => method === "PATCH").map(({ offset }) => offset);

describe.each(["same-origin", "cross-origin"] as const)("Uppy in a %s page", (from) => {
  it("uploads several files, with a pause and a reload", patient, async () => {
    await using pages = await openTusPages({ script, body, from });
    await using disk = await tempDirectory();
    const paths = films.map(({ name }) => `${disk.path}/${name}`);
    for (const film of films) await writeRandomFile(film, `${disk.path}/${film.name}`);
    const page = await pages.open();

    await addFiles(pages, page, paths);
    await page.evaluate("gate.letPass(6)");
    await start(page);
    await holds(page, 3);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByTitle("Paused").waitFor();
    await page.evaluate("gate.letPass(6)");
    expect(await appended(page)).toHaveLength(6);
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await holds(page, 3);
    expect((await appended(page)).slice(6).filter((offset) => offset === 0)).toEqual([]);

    await page.reload();
    await addFiles(pages, page, paths);
    await start(page);
    await page.getByText("Complete", { exact: true }).waitFor();
    const sent = await sentBy(page);
    expect(sent.filter(({ method }) => method === "POST")).toEqual([]);
    const whole = films.length * Math.ceil((1_024 * KIB + 1) / chunkSize);
    expect(await appended(page)).toHaveLength(whole - 12);

    const uploaded: readonly UppyUpload[] = await page.evaluate("uploaded");
    expect(uploaded.map(({ name }) => name).sort()).toEqual(films.map(({ name }) => name).sort());
    for (const { name, url } of uploaded) {
      const film = films.find((each) => each.name === name);
      expect(await pages.service.stored(url ?? null)).toBe(film?.digest("sha256"));
    }
    const listed = await pages.service.listed();
    expect(listed.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
  });
});
