import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { storedFiles } from "../support/e2e-files.ts";
import { admin, openStage, PATIENCE_MS, patient, type Stage } from "../support/e2e-stage.ts";
import { editRecords } from "../support/edit-records.ts";
import { trpcClient } from "../support/trpc-client.ts";

/** Creates two complete uploads and an unfinished one, and opens the admin page. */
async function openAdminPage(stage: Stage): Promise<Page> {
  const token = await stage.server.token();
  const client = trpcClient(stage.server.url, token);
  const checksum = createHash("md5").update(new Uint8Array(100)).digest("hex");
  for (const [filename, sent] of [
    ["Wedding film.mp4", 100],
    ["Wedding speech.mp3", 100],
    ["Backup.tar", 40],
  ] as const) {
    const { id } = await client.uploads.init.mutate({ filename, size: 100 });
    await fetch(`${stage.server.url}/api/uploads/${id}`, {
      method: "PUT",
      headers: {
        authorization: `Bearer ${token}`,
        "content-range": `bytes 0-${sent - 1}/100`,
      },
      body: new Uint8Array(sent),
    });
    if (sent === 100) await client.uploads.complete.mutate({ id, checksum });
  }
  const page = await stage.signIn();
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByRole("heading", { name: "All uploads" }).waitFor();
  await showsFiles(page, ["Backup.tar", "Wedding film.mp4", "Wedding speech.mp3"]);
  return page;
}

/** Waits until the table contains exactly these files. */
async function showsFiles(page: Page, names: readonly string[]): Promise<void> {
  const shown = () => page.locator("tbody tr td:nth-child(2) p:first-child").allTextContents();
  await expect.poll(async () => (await shown()).sort(), { timeout: PATIENCE_MS }).toEqual(names);
}

describe("the admin page", patient, () => {
  it("filters uploads by name and status, and keeps both in the URL", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    await page.getByText("3 uploads").waitFor();
    await page.getByLabel("Search name, folder, owner or id").fill("wedding");
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    expect(page.url()).toBe(`${stage.url}/admin?search=wedding`);
    await page.getByLabel("Status").selectOption("uploading");
    await page.getByText("No matching uploads.").waitFor();
    expect(page.url()).toBe(`${stage.url}/admin?search=wedding&status=uploading`);
    await page.getByLabel("Search name, folder, owner or id").fill("");
    await showsFiles(page, ["Backup.tar"]);
    expect(page.url()).toBe(`${stage.url}/admin?status=uploading`);
    await page.getByRole("progressbar", { name: "Progress of Backup.tar" }).waitFor();
    // The URL restores the filter.
    await page.reload();
    await showsFiles(page, ["Backup.tar"]);
    expect(await page.getByLabel("Status").inputValue()).toBe("uploading");
    expect(stage.problems).toEqual([]);
  });

  it("supports the browser's back and forward buttons", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    await page.getByLabel("Status").selectOption("complete");
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    await page.getByLabel("Status").selectOption("uploading");
    await showsFiles(page, ["Backup.tar"]);
    await page.goBack();
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    await expect.poll(() => page.getByLabel("Status").inputValue()).toBe("complete");
    await page.goBack();
    await showsFiles(page, ["Backup.tar", "Wedding film.mp4", "Wedding speech.mp3"]);
    await page.goForward();
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    expect(page.url()).toBe(`${stage.url}/admin?status=complete`);
  });

  it("sorts by a column, and reverses the order on the second click", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    const column = page.getByRole("columnheader", { name: "Filename" });
    await column.getByRole("button").click();
    await expect.poll(() => column.getAttribute("aria-sort")).toBe("ascending");
    const first = page.locator("tbody tr").first();
    await first.getByText("Backup.tar").waitFor();
    await column.getByRole("button").click();
    await first.getByText("Wedding speech.mp3").waitFor();
    expect(await column.getAttribute("aria-sort")).toBe("descending");
  });

  it("has the same content and actions on a screen of 360 pixels", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    await page.setViewportSize({ width: 360, height: 700 });
    await page.getByLabel("Order").selectOption("Name, A to Z");
    const row = page.locator("tbody tr").first();
    await row.getByText("Backup.tar").waitFor();
    for (const fact of ["100 bytes", admin.email, /\d{4}, \d\d:\d\d/]) {
      expect(await row.getByText(fact).filter({ visible: true }).count()).toBe(1);
    }
    await row.getByRole("progressbar", { name: "Progress of Backup.tar" }).waitFor();
    await row.getByRole("button", { name: "Delete Backup.tar" }).click();
    const question = page.getByRole("alertdialog", { name: "Delete this upload?" });
    await question.getByRole("button", { name: "Delete" }).click();
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
  });

  it("shows new rows only on request, so that no row moves or loses its selection", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    const { uploads } = trpcClient(stage.server.url, await stage.server.token());
    const box = page.getByLabel("Select Backup.tar");
    await box.check();
    const before = await box.boundingBox();
    await uploads.init.mutate({ filename: "New 1.bin", size: 9 });
    await uploads.init.mutate({ filename: "New 2.bin", size: 9 });
    const news = page.getByRole("button", { name: "Show 2 new uploads" });
    await news.waitFor();
    expect(await page.getByText("2 new", { exact: true }).count()).toBe(1);
    await showsFiles(page, ["Backup.tar", "Wedding film.mp4", "Wedding speech.mp3"]);
    expect(await box.isChecked()).toBe(true);
    expect(await box.boundingBox()).toEqual(before);
    await news.click();
    await showsFiles(page, [
      "Backup.tar",
      "New 1.bin",
      "New 2.bin",
      "Wedding film.mp4",
      "Wedding speech.mp3",
    ]);
    await page.locator("tbody tr").first().getByText("New 2.bin").waitFor();
    expect(await box.isChecked()).toBe(true);
    expect(await news.count()).toBe(0);
  });

  it("keeps and marks a row that another user deleted", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    const { uploads } = trpcClient(stage.server.url, await stage.server.token());
    const { items } = await uploads.list.query({ search: "speech" });
    await uploads.delete.mutate({ id: items[0]?.id ?? "" });
    const row = page.locator("tbody tr").nth(1);
    await row.getByTitle("Deleted, or no longer matches").filter({ visible: true }).waitFor();
    await row.getByText("Wedding speech.mp3").waitFor();
  });

  it("distinguishes active from interrupted uploads by their last activity", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    const row = page.locator("tbody tr").filter({ hasText: "Backup.tar" });
    await row.getByText("Active").filter({ visible: true }).waitFor();
    const { uploads } = trpcClient(stage.server.url, await stage.server.token());
    const { items } = await uploads.list.query({ search: "backup" });
    const updatedAt = new Date(Date.now() - 120_000);
    const id = items[0]?.id ?? "";
    await editRecords(stage.server.dataDir, "ChunkedUpload", { id, set: { updatedAt } });
    await row.getByText("Interrupted").filter({ visible: true }).waitFor();
    await row.getByText(/last activity \d/).waitFor();
  });

  it("finds uploads by folder, owner and id, and shows the folder", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    const { uploads } = trpcClient(stage.server.url, await stage.server.token());
    const path = "Trip/day 1/a.jpg";
    const { id } = await uploads.init.mutate({ filename: "a.jpg", path, size: 9 });
    const search = page.getByLabel("Search name, folder, owner or id");
    for (const text of ["day 1", id.slice(0, 8)]) {
      await search.fill(text);
      await showsFiles(page, [path]);
    }
    await search.fill("nobody@");
    await page.getByText("No matching uploads.").waitFor();
    await search.fill(admin.email);
    await showsFiles(page, ["Backup.tar", path, "Wedding film.mp4", "Wedding speech.mp3"]);
  });

  it("scrolls to the top and moves the focus there when the page changes", async () => {
    await using stage = await openStage();
    const { uploads } = trpcClient(stage.url, await stage.server.token());
    for (let at = 1; at <= 51; at += 1) await uploads.init.mutate({ filename: `${at}`, size: 9 });
    const page = await stage.signIn();
    await page.goto(`${stage.url}/admin`);
    await page.getByRole("button", { name: "Next page" }).click();
    await showsFiles(page, ["1"]);
    const title = page.getByRole("heading", { name: "All uploads" });
    expect(await title.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole("button", { name: "First page" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(50);
    expect(await title.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
  });

  it("deletes the selected uploads, or a single one, after a confirmation with their names", async () => {
    await using stage = await openStage();
    const page = await openAdminPage(stage);
    await page.getByLabel("Select Wedding film.mp4").check();
    await page.getByLabel("Select Backup.tar").check();
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const question = page.getByRole("alertdialog", { name: "Delete 2 uploads?" });
    expect((await question.getByRole("listitem").allInnerTexts()).sort()).toEqual([
      "Backup.tar",
      "Wedding film.mp4",
    ]);
    await question.getByRole("button", { name: "Cancel" }).click();
    await showsFiles(page, ["Backup.tar", "Wedding film.mp4", "Wedding speech.mp3"]);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await question.getByRole("button", { name: "Delete" }).click();
    await showsFiles(page, ["Wedding speech.mp3"]);
    await page.getByRole("button", { name: "Delete Wedding speech.mp3" }).click();
    const other = page.getByRole("alertdialog", { name: "Delete this upload?" });
    await other.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No uploads yet.").waitFor();
    await expect
      .poll(() => storedFiles(stage.server.dataDir), { timeout: PATIENCE_MS })
      .toEqual([]);
  });
});
