import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { storedFiles } from "../support/e2e-files.ts";
import { admin, openStage, PATIENCE_MS, patient, type Stage } from "../support/e2e-stage.ts";
import { trpcClient } from "../support/trpc-client.ts";

/** Puts two complete files and an unfinished one on the server, and opens the page of all uploads. */
async function openAdministration(stage: Stage): Promise<Page> {
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

/** Waits until the table holds these files and no others. */
async function showsFiles(page: Page, names: readonly string[]): Promise<void> {
  const shown = () => page.locator("tbody tr td:nth-child(2) p:first-child").allInnerTexts();
  await expect.poll(async () => (await shown()).sort(), { timeout: PATIENCE_MS }).toEqual(names);
}

describe("the administration", patient, () => {
  it("finds uploads by name and by status, with both in the address", async () => {
    await using stage = await openStage();
    const page = await openAdministration(stage);
    await page.getByText("3 uploads").waitFor();
    await page.getByLabel("Search by filename").fill("wedding");
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    expect(page.url()).toBe(`${stage.url}/admin?search=wedding`);
    await page.getByLabel("Status").selectOption("uploading");
    await page.getByText("No upload matches.").waitFor();
    expect(page.url()).toBe(`${stage.url}/admin?search=wedding&status=uploading`);
    await page.getByLabel("Search by filename").fill("");
    await showsFiles(page, ["Backup.tar"]);
    expect(page.url()).toBe(`${stage.url}/admin?status=uploading`);
    await page.getByRole("progressbar", { name: "Progress of Backup.tar" }).waitFor();
    // The same address shows the same in another visit.
    await page.reload();
    await showsFiles(page, ["Backup.tar"]);
    expect(await page.getByLabel("Status").inputValue()).toBe("uploading");
    expect(stage.problems).toEqual([]);
  });

  it("goes back through what was looked at", async () => {
    await using stage = await openStage();
    const page = await openAdministration(stage);
    await page.getByLabel("Status").selectOption("complete");
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    await page.getByLabel("Status").selectOption("uploading");
    await showsFiles(page, ["Backup.tar"]);
    await page.goBack();
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    expect(await page.getByLabel("Status").inputValue()).toBe("complete");
    await page.goBack();
    await showsFiles(page, ["Backup.tar", "Wedding film.mp4", "Wedding speech.mp3"]);
    await page.goForward();
    await showsFiles(page, ["Wedding film.mp4", "Wedding speech.mp3"]);
    expect(page.url()).toBe(`${stage.url}/admin?status=complete`);
  });

  it("sorts by a column, and the other way round at the second click", async () => {
    await using stage = await openStage();
    const page = await openAdministration(stage);
    const column = page.getByRole("columnheader", { name: "Filename" });
    await column.getByRole("button").click();
    await expect.poll(() => column.getAttribute("aria-sort")).toBe("ascending");
    const first = page.locator("tbody tr").first();
    await first.getByText("Backup.tar").waitFor();
    await column.getByRole("button").click();
    await first.getByText("Wedding speech.mp3").waitFor();
    expect(await column.getAttribute("aria-sort")).toBe("descending");
  });

  it("shows and does as much on a screen of 360 pixels", async () => {
    await using stage = await openStage();
    const page = await openAdministration(stage);
    await page.setViewportSize({ width: 360, height: 700 });
    await page.getByLabel("Order").selectOption("Names from A");
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

  it("reads another page from its top", async () => {
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

  it("deletes what was selected, or one by its row, after naming it", async () => {
    await using stage = await openStage();
    const page = await openAdministration(stage);
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
    await page.getByText("Nobody has uploaded anything yet.").waitFor();
    await expect
      .poll(() => storedFiles(stage.server.dataDir), { timeout: PATIENCE_MS })
      .toEqual([]);
  });
});
