import { describe, expect, it } from "vitest";
import { MiB, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { filesReady, openStage, PATIENCE_MS, patient } from "../support/e2e-stage.ts";
import { chooseFiles, chunksOf, dropFiles, rowOf, storedRow } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("dropping files again", patient, () => {
  it("sends only missing data of an interrupted folder, and second copies on request", async () => {
    await using stage = await openStage({ CHUNK_SIZE: "1 MiB" });
    await using files = await tempDirectory();
    const small = ["Trip/day 1/a.jpg", "Trip/day 2/a.jpg", "Trip/notes.txt"];
    for (const name of small) await writeLocalFile(files.path, { name, size: 2_000 });
    await writeLocalFile(files.path, { name: "Trip/film.mp4", size: 8 * MiB });
    const page = await stage.signIn();
    const held = stage.link.holdAfter(4 * MiB);
    await dropFiles(page, [`${files.path}/Trip`]);
    await held;
    for (const name of small) await rowOf(page, name, "done").waitFor();
    await page.reload();
    await filesReady(page);
    stage.link.release();
    const chunks = chunksOf(page);
    await dropFiles(page, [`${files.path}/Trip`]);
    const notice = page.getByRole("region", { name: "3 files are already here." });
    for (const name of small)
      await notice.getByRole("listitem").filter({ hasText: name }).waitFor();
    await rowOf(page, "Trip/film.mp4", "done").waitFor();
    // About four of the eight chunks had arrived.
    expect(chunks.length).toBeLessThan(8);
    expect(await page.locator("li[data-phase]").count()).toBe(1);
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(4);
    await page
      .getByRole("status")
      .filter({ hasText: "3 files are already here and not sent again." })
      .waitFor({ state: "attached" });
    await notice.getByRole("button", { name: "Keep both: send Trip/notes.txt again" }).click();
    await rowOf(page, "Trip/notes.txt", "done").waitFor();
    await page.getByRole("button", { name: "Keep both for all" }).click();
    await rowOf(page, "Trip/day 1/a.jpg", "done").waitFor();
    await rowOf(page, "Trip/day 2/a.jpg", "done").waitFor();
    await page.getByText("already here").first().waitFor({ state: "detached" });
    await expect
      .poll(() => storedFiles(stage.server.dataDir), { timeout: PATIENCE_MS })
      .toHaveLength(7);
    expect(stage.problems).toEqual([]);
  });

  it("sends a file with the same name and size but different content", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const first = await writeLocalFile(files.path, { name: "a/notes.txt", size: 5_000, seed: 1 });
    const other = await writeLocalFile(files.path, { name: "b/notes.txt", size: 5_000, seed: 2 });
    const page = await stage.signIn();
    await chooseFiles(page, [first]);
    await rowOf(page, first.name, "done").waitFor();
    await chooseFiles(page, [other]);
    await storedRow(page, first.name).locator("code").getByText(other.md5).waitFor();
    expect(await page.getByText("already here").count()).toBe(0);
    await chooseFiles(page, [other]);
    await page.getByText("One file is already here.").first().waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(2);
  });
});
