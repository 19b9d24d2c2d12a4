import { describe, expect, it } from "vitest";
import { MiB, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, PATIENCE_MS, patient, type Stage } from "../support/e2e-stage.ts";
import { chooseFiles, chunksOf, rowOf, shownDigest, storedRow } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { trpcClient } from "../support/trpc-client.ts";

const small = { CHUNK_SIZE: "1 MiB" };

describe("controlling uploads", patient, () => {
  it("pauses an upload, keeps it across a page change, and resumes it", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 12 * MiB });
    const page = await stage.signIn();
    const chunks = chunksOf(page);
    const held = stage.link.holdAfter(4 * MiB);
    await chooseFiles(page, [film]);
    await held;
    await page.getByRole("button", { name: "Pause film.mp4" }).click();
    await rowOf(page, film.name, "paused").getByText("Paused").waitFor();
    stage.link.release();
    const before = chunks.length;
    // Navigation by links keeps the uploads.
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("heading", { name: "API tokens" }).waitFor();
    await page.getByRole("link", { name: "Files" }).click();
    await rowOf(page, film.name, "paused").waitFor();
    expect(chunks).toHaveLength(before);
    await page.getByRole("button", { name: "Resume film.mp4" }).click();
    await rowOf(page, film.name, "done").waitFor();
    expect(await shownDigest(page, film.name)).toBe(film.md5);
  });

  it("cancels an upload and deletes it on the server and on disk", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 12 * MiB });
    const client = trpcClient(stage.server.url, await stage.server.token());
    const page = await stage.signIn();
    const held = stage.link.holdAfter(4 * MiB);
    await chooseFiles(page, [film]);
    await held;
    expect((await client.uploads.list.query({})).items).toHaveLength(1);
    await page.getByRole("button", { name: "Cancel film.mp4" }).click();
    await rowOf(page, film.name).waitFor({ state: "detached" });
    stage.link.release();
    await expect
      .poll(async () => (await client.uploads.list.query({})).items, { timeout: PATIENCE_MS })
      .toEqual([]);
    await expect
      .poll(() => storedFiles(stage.server.dataDir), { timeout: PATIENCE_MS })
      .toEqual([]);
    await page.reload();
    await page.getByText("No files yet.").waitFor();
    expect(await page.getByText("One upload is unfinished.").count()).toBe(0);
  });

  it("cancels an upload and removes it from all lists", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 12 * MiB });
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 1_000 });
    const client = trpcClient(stage.server.url, await stage.server.token());
    const page = await stage.signIn();
    const held = stage.link.holdAfter(4 * MiB);
    await chooseFiles(page, [film]);
    await held;
    await page.getByRole("button", { name: "Pause film.mp4" }).click();
    await rowOf(page, film.name, "paused").waitFor();
    stage.link.release();
    // When this upload is done, the lists are reloaded and contain the unfinished one.
    await chooseFiles(page, [notes]);
    await storedRow(page, notes.name).waitFor();
    await page.getByRole("button", { name: "Cancel film.mp4" }).click();
    await rowOf(page, film.name).waitFor({ state: "detached" });
    expect(await storedRow(page, film.name).count()).toBe(0);
    expect(await page.getByText("One upload is unfinished.").count()).toBe(0);
    await expect
      .poll(async () => (await client.uploads.list.query({ status: "uploading" })).items.length)
      .toBe(0);
    expect(await storedRow(page, film.name).count()).toBe(0);
    expect(await page.getByText("One upload is unfinished.").count()).toBe(0);
  });

  it("suggests dropping a file again only if that resumes its upload", async () => {
    await using stage = await openStage();
    const token = await stage.server.token();
    const client = trpcClient(stage.server.url, token);
    await client.uploads.init.mutate({ filename: "empty.bin", size: 1_000 });
    await createUnfinished(stage, token, { filename: "album.bin", metadata: { album: "7" } });
    await client.uploads.init.mutate({ filename: "lake.png", size: 1_000, profile: "image" });
    const page = await stage.signIn();
    await storedRow(page, "lake.png").getByText("Unfinished").waitFor();
    expect(await page.getByText("Drop the same file again").count()).toBe(0);
  });

  it("shows that there are more unfinished uploads than counted", async () => {
    await using stage = await openStage();
    const token = await stage.server.token();
    for (let at = 1; at <= 101; at += 1)
      await createUnfinished(stage, token, { filename: `film-${at}.mp4` });
    const page = await stage.signIn();
    await page.getByText("100 or more uploads are unfinished.").waitFor({ timeout: 10_000 });
  });

  it("pauses and resumes all uploads, and clears finished ones", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const names = ["a.mp4", "b.mp4", "c.mp4", "d.mp4"];
    const films = await Promise.all(
      names.map((name, seed) => writeLocalFile(files.path, { name, size: 3 * MiB, seed })),
    );
    const page = await stage.signIn();
    const held = stage.link.holdAfter(4 * MiB);
    await chooseFiles(page, films);
    await held;
    await page.getByRole("button", { name: "Pause all" }).click();
    for (const { name } of films) await rowOf(page, name, "paused").waitFor();
    stage.link.release();
    await page.getByRole("button", { name: "Resume all" }).click();
    for (const film of films) {
      await rowOf(page, film.name, "done").waitFor();
      expect(await shownDigest(page, film.name)).toBe(film.md5);
    }
    await page.getByText("4 of 4 files complete").waitFor();
    await page.getByRole("button", { name: "Clear finished" }).click();
    await page.locator("li[data-phase]").first().waitFor({ state: "detached" });
  });

  it("lists a finished file even if it is removed from the queue immediately", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 1_000 });
    const page = await stage.signIn();
    // Removes the row as soon as it is done.
    await page.evaluate(() => {
      new MutationObserver(() => {
        const done = document.querySelector<HTMLElement>('li[data-phase="done"]');
        done?.querySelector<HTMLElement>("button:last-of-type")?.click();
      }).observe(document.body, { subtree: true, attributes: true, childList: true });
    });
    await chooseFiles(page, [notes]);
    await storedRow(page, notes.name).getByText("Complete").waitFor();
    expect(await rowOf(page, notes.name).count()).toBe(0);
  });

  it("cancels all unfinished uploads after a confirmation, and keeps finished ones", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 1_000 });
    const films = await Promise.all(
      ["a.mp4", "b.mp4", "c.mp4"].map((name, seed) =>
        writeLocalFile(files.path, { name, size: 3 * MiB, seed }),
      ),
    );
    const page = await stage.signIn();
    await chooseFiles(page, [notes]);
    await rowOf(page, notes.name, "done").waitFor();
    const held = stage.link.holdAfter(2 * MiB);
    await chooseFiles(page, films);
    await held;
    await page.getByRole("button", { name: "Cancel all" }).click();
    const question = page.getByRole("alertdialog", { name: "Cancel 3 uploads?" });
    await question.getByRole("button", { name: "Keep uploads" }).click();
    await question.waitFor({ state: "detached" });
    expect(await page.locator("li[data-phase]").count()).toBe(4);
    await page.getByRole("button", { name: "Cancel all" }).click();
    await question.getByRole("button", { name: "Cancel uploads" }).click();
    for (const { name } of films) await rowOf(page, name).waitFor({ state: "detached" });
    stage.link.release();
    await rowOf(page, notes.name, "done").waitFor();
    await question.waitFor({ state: "detached" });
    await expect
      .poll(() => storedFiles(stage.server.dataDir), { timeout: PATIENCE_MS })
      .toEqual([expect.stringMatching(/\.done$/)]);
  });

  it("deletes a finished file after a confirmation with the focus on Cancel", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 1_000 });
    const page = await stage.signIn();
    await chooseFiles(page, [notes]);
    await page.getByRole("button", { name: "Delete notes.txt" }).click();
    const question = page.getByRole("alertdialog", { name: "Delete this file?" });
    const focused = question.locator(":focus");
    expect(await focused.textContent()).toBe("Cancel");
    await page.keyboard.press("Enter");
    await question.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Delete notes.txt" }).click();
    await question.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No files yet.").waitFor();
    await expect
      .poll(() => storedFiles(stage.server.dataDir), { timeout: PATIENCE_MS })
      .toEqual([]);
  });
});

/** Creates an upload and sends a tenth of its bytes. */
async function createUnfinished(
  { server }: Stage,
  token: string,
  input: { filename: string; metadata?: Record<string, string> },
): Promise<void> {
  const { uploads } = trpcClient(server.url, token);
  const { id } = await uploads.init.mutate({ ...input, size: 1_000 });
  const { status } = await fetch(`${server.url}/api/uploads/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-range": "bytes 0-99/1000" },
    body: new Uint8Array(100),
  });
  expect(status).toBe(200);
}
