import { describe, expect, it } from "vitest";
import { createDeferred } from "../../src/client/deferred.ts";
import { storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";
import { dragFiles, dropFiles, rowOf } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("files that are dragged over the pages", patient, () => {
  it("are promised a place, and no longer once they are gone, however that was told", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 100 });
    const page = await stage.signIn();
    const promise = page.getByText("Drop to upload");
    await dragFiles(page, [notes.path], ["dragEnter", "dragOver"]);
    await promise.waitFor();
    // As when Escape is pressed, or the system takes the files away: no `dragleave` tells of it.
    await dragFiles(page, [notes.path], ["dragCancel"]);
    await promise.waitFor({ state: "detached" });
    expect(await rowOf(page, notes.name).count()).toBe(0);
  });

  it("are taken when they are dropped before the page listens", async () => {
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
    // By itself, and in the folder that was dropped with it.
    await rowOf(page, notes.name, "done").nth(1).waitFor();
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(2);
    expect(stage.problems).toEqual([]);
  });

  it("lead nobody away from a page that takes none", async () => {
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
