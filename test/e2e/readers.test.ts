import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { writeLocalFile } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";
import { chooseFiles, dropFiles, rowOf, storedRow } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** The left and right edge of an element, in pixels. */
async function edges(page: Page, selector: string): Promise<{ left: number; right: number }> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { left, right } = element.getBoundingClientRect();
      return { left, right };
    });
}

describe("the layout and texts of the pages", patient, () => {
  it("format numbers and dates in the browser's locale", async () => {
    await using stage = await openStage({ CHUNKED_UPLOAD_MAX_BYTES: "1500 kB" });
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 12_345 });
    const page = await stage.signIn(undefined, { locale: "de-DE", timezoneId: "Europe/Berlin" });
    await page.getByText("Up to 1,5 MB per file.").waitFor();
    await chooseFiles(page, [notes]);
    await storedRow(page, notes.name)
      .getByText(/12,3 kB · \d\d\.\d\d\.\d{4}, \d\d:\d\d/)
      .waitFor();
    // The server renders in the locale of Accept-Language; hydration must not fail.
    await page.setExtraHTTPHeaders({ "accept-language": "ar-EG" });
    await page.reload();
    await page.getByText("Up to 1,5 MB per file.").waitFor();
    expect(stage.problems).toEqual([]);
  });

  it("truncate long names in the middle and keep their end visible", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const name = "A photograph with a very long name, taken on the longest day, part 2.jpg";
    const photo = await writeLocalFile(files.path, { name, size: 1_000 });
    const page = await stage.signIn(undefined, { viewport: { width: 360, height: 700 } });
    await chooseFiles(page, [photo]);
    await storedRow(page, name).getByText("Complete").waitFor();
    const shown = storedRow(page, name).getByTitle(name).first();
    const [head, tail] = await shown.evaluate((line) =>
      [...line.querySelectorAll("span > span")].map((part) => ({
        cut: part.scrollWidth > part.clientWidth,
        text: part.textContent,
      })),
    );
    expect(head?.cut).toBe(true);
    expect(tail).toEqual({ cut: false, text: ", part 2.jpg" });
  });

  it("show the folder of a file, search by it, and include it in the name of a download", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    await writeLocalFile(files.path, { name: "Trip/day 1/a.jpg", size: 1_000 });
    await writeLocalFile(files.path, { name: "Trip/day 2/a.jpg", size: 1_001 });
    const page = await stage.signIn();
    await dropFiles(page, [`${files.path}/Trip`]);
    for (const path of ["Trip/day 1/a.jpg", "Trip/day 2/a.jpg"]) {
      await rowOf(page, path, "done").waitFor();
      await storedRow(page, path).getByText("Complete").waitFor();
    }
    await page.getByLabel("Search name or folder").fill("DAY 2");
    await storedRow(page, "Trip/day 1/a.jpg").waitFor({ state: "detached" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      storedRow(page, "Trip/day 2/a.jpg")
        .getByRole("link", { name: "Download Trip/day 2/a.jpg" })
        .click(),
    ]);
    expect(download.suggestedFilename()).toBe("Trip - day 2 - a.jpg");
  });

  it("align header and content at every width", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    for (const width of [360, 700, 900, 1_200, 1_800]) {
      await page.setViewportSize({ width, height: 800 });
      for (const [path, content, whole] of [
        ["/", "main section", "main section"],
        ["/tokens", "main h1", "main > div"],
        ["/admin", "main dl", "main dl"],
      ] as const) {
        await page.goto(`${stage.url}${path}`);
        await page.locator(content).first().waitFor();
        const brand = await edges(page, "header svg");
        const last = await edges(page, "header button:last-of-type svg");
        const inner = await edges(page, content);
        expect.soft(brand.left, `${path} at ${width}`).toBe(inner.left);
        const { right } = await edges(page, whole);
        expect.soft(last.right, `${path} at ${width}`).toBe(right);
      }
    }
  });
});
