import { describe, expect, it } from "vitest";
import { createDeferred } from "../../src/client/deferred.ts";
import { storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";
import { dragFiles, dropFiles, rowOf } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("files that are dragged over the pages", patient, () => {
  it("show an overlay until the drag ends, even without a dragleave event", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 100 });
    const page = await stage.signIn();
    const overlay = page.getByText("Drop to upload");
    await dragFiles(page, [notes.path], ["dragEnter", "dragOver"]);
    await overlay.waitFor();
    // As after Escape, or if the system cancels the drag: there is no `dragleave`.
    await dragFiles(page, [notes.path], ["dragCancel"]);
    await overlay.waitFor({ state: "detached" });
    expect(await rowOf(page, notes.name).count()).toBe(0);
  });

  it("are uploaded if they are dropped before the page is hydrated", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "Trip/notes.txt", size: 100 });
    const page = await stage.signIn();
    const scripts = createDeferred<void>();
    await page.route("**/_next/static/**/*.js", async (route) => {
      await scripts.promise;
      await route.continue();
    });
    await page.reload({ waitUntil: "commit" });
    await page.getByRole("heading", { name: "Upload files" }).waitFor();
    await dropFiles(page, [notes.path, files.path]);
    scripts.resolve();
    // Once as a file and once in the folder.
    await rowOf(page, notes.name, "done").nth(1).waitFor();
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(2);
    expect(stage.problems).toEqual([]);
  });

  it("do not navigate away from a page without an uploader", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 100 });
    const page = await stage.signIn();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByText("No tokens yet.").waitFor();
    await dropFiles(page, [notes.path]);
    await page.getByRole("link", { name: "Files" }).click();
    await page.getByText("No files yet.").waitFor();
    expect(page.context().pages()).toHaveLength(1);
  });
});
