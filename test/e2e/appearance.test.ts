import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { MiB, writeLocalFile } from "../support/e2e-files.ts";
import { filesReady, openStage, patient, type Stage } from "../support/e2e-stage.ts";
import { chooseFiles, rowOf, storedRow } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** Serious and critical violations of WCAG, with their elements. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

/** The width in pixels by which the page exceeds the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** Creates rows of all kinds: done, failed, uploading and unfinished files, and a token. */
async function fillPages(stage: Stage, page: Page): Promise<AsyncDisposable> {
  const files = await tempDirectory();
  const name = "A photograph with a very long name, taken on the longest day of the summer.jpg";
  const photo = await writeLocalFile(files.path, { name, size: 100_000 });
  const large = await writeLocalFile(files.path, { name: "large.iso", size: 30 * MiB });
  const film = await writeLocalFile(files.path, { name: "film.mp4", size: 12 * MiB });
  await chooseFiles(page, [photo]);
  await storedRow(page, name).getByText("Complete").waitFor();
  const held = stage.link.holdAfter(4 * MiB);
  await chooseFiles(page, [large, film]);
  await rowOf(page, large.name, "failed").waitFor();
  await held;
  await rowOf(page, film.name, "uploading").waitFor();
  await stage.server.token();
  return files;
}

describe.each(["light", "dark"] as const)("the pages in %s", (colorScheme) => {
  it("have no serious accessibility violations (axe)", patient, async () => {
    await using stage = await openStage({ QUOTA_BYTES: "30 MB", CHUNK_SIZE: "1 MiB" });
    const page = await stage.visit("/sign-in", { colorScheme });
    expect(await violations(page)).toEqual([]);
    await page.context().close();
    const home = await stage.signIn(undefined, { colorScheme });
    expect(await violations(home)).toEqual([]);
    await using _files = await fillPages(stage, home);
    expect(await violations(home)).toEqual([]);
    await home.getByRole("link", { name: "API tokens" }).click();
    await home.getByRole("row").filter({ hasText: "test" }).waitFor();
    expect(await violations(home)).toEqual([]);
    await home.getByRole("button", { name: "New token" }).click();
    await home.getByRole("dialog", { name: "New API token" }).waitFor();
    expect(await violations(home)).toEqual([]);
    await home.keyboard.press("Escape");
    await home.getByRole("link", { name: "Administration" }).click();
    await home.locator("tbody tr").first().waitFor();
    expect(await violations(home)).toEqual([]);
    await home.getByRole("button", { name: /^Delete A photograph/ }).click();
    await home.getByRole("alertdialog").waitFor();
    expect(await violations(home)).toEqual([]);
    expect(stage.problems).toEqual([]);
  });
});

describe("the pages", patient, () => {
  it("fit a screen of 360 pixels without horizontal scrolling", async () => {
    await using stage = await openStage({ QUOTA_BYTES: "30 MB", CHUNK_SIZE: "1 MiB" });
    const viewport = { width: 360, height: 700 };
    const signIn = await stage.visit("/sign-in", { viewport });
    expect(await overflow(signIn)).toBe(0);
    const page = await stage.signIn(undefined, { viewport });
    expect(await overflow(page)).toBe(0);
    await using _files = await fillPages(stage, page);
    expect(await overflow(page)).toBe(0);
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("row").filter({ hasText: "test" }).waitFor();
    expect(await overflow(page)).toBe(0);
    await page.getByRole("link", { name: "Administration" }).click();
    await page.locator("tbody tr").first().waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it("show progress and the current page with forced colours", async () => {
    await using stage = await openStage({ QUOTA_BYTES: "30 MB", CHUNK_SIZE: "1 MiB" });
    const page = await stage.signIn(undefined, { forcedColors: "active" });
    await using _files = await fillPages(stage, page);
    const bar = rowOf(page, "film.mp4").getByRole("progressbar");
    const ground = await bar.evaluate((element) => getComputedStyle(element).backgroundColor);
    const filled = await bar.evaluate(
      (element) => getComputedStyle(element.firstElementChild ?? element).backgroundColor,
    );
    expect(filled).not.toBe(ground);
    for (const [name, underlined] of [
      ["Files", true],
      ["API tokens", false],
    ] as const) {
      const link = page.getByRole("link", { name, exact: true });
      const line = await link.evaluate((element) => getComputedStyle(element).textDecorationLine);
      expect(line === "underline").toBe(underlined);
    }
  });

  it("keep the selected theme after a reload", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    await expect.poll(background).not.toBe(light);
    const dark = await background();
    await page.reload();
    await filesReady(page);
    expect(await background()).toBe(dark);
    expect(await page.getByRole("radio", { name: "Dark" }).isChecked()).toBe(true);
  });
});
