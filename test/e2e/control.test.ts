import { describe, expect, it } from "vitest";
import { MiB, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, PATIENCE_MS, patient, type Stage } from "../support/e2e-stage.ts";
import { chooseFiles, chunksOf, rowOf, shownDigest, storedRow } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { trpcClient } from "../support/trpc-client.ts";

const small = { CHUNK_SIZE: "1 MiB" };

describe("a user in command of uploads", patient, () => {
  it("pauses one, looks at another page meanwhile, and resumes it", async () => {
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
    // To another page and back, by its links: an upload outlives that.
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("heading", { name: "API tokens" }).waitFor();
    await page.getByRole("link", { name: "Files" }).click();
    await rowOf(page, film.name, "paused").waitFor();
    expect(chunks).toHaveLength(before);
    await page.getByRole("button", { name: "Resume film.mp4" }).click();
    await rowOf(page, film.name, "done").waitFor();
    expect(await shownDigest(page, film.name)).toBe(film.md5);
  });

  it("cancels one, and it is gone from the server and from its disk", async () => {
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

  it("cancels one, and no list speaks of it any more", async () => {
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
    // The lists are asked for again when this one is done, and hold the unfinished one from then on.
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

  it("is not asked to drop again what does not go on here: of another profile, with metadata, or empty", async () => {
    await using stage = await openStage();
    const token = await stage.server.token();
    const client = trpcClient(stage.server.url, token);
    await client.uploads.init.mutate({ filename: "empty.bin", size: 1_000 });
    await begin(stage, token, { filename: "album.bin", metadata: { album: "7" } });
    await client.uploads.init.mutate({ filename: "lake.png", size: 1_000, profile: "image" });
    const page = await stage.signIn();
    await storedRow(page, "lake.png").getByText("Unfinished").waitFor();
    expect(await page.getByText("Drop the same file again").count()).toBe(0);
  });

  it("is told that there are more unfinished uploads than were counted", async () => {
    await using stage = await openStage();
    const token = await stage.server.token();
    for (let at = 1; at <= 101; at += 1) await begin(stage, token, { filename: `film-${at}.mp4` });
    const page = await stage.signIn();
    await page.getByText("100 or more uploads are unfinished.").waitFor({ timeout: 10_000 });
  });

  it("pauses and resumes all, and clears what is finished", async () => {
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

  it("lists a finished file even when it was taken off the queue at once", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 1_000 });
    const page = await stage.signIn();
    // Takes the row away in the moment in which it is done.
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

  it("cancels all that is not done, after a question, and keeps what is", async () => {
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
    await question.getByRole("button", { name: "Keep them" }).click();
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

  it("deletes a finished file after a question, whose safe answer has the focus", async () => {
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

/** An unfinished upload that holds a tenth of its file. */
async function begin(
  { server }: Stage,
  token: string,
  ask: { filename: string; metadata?: Record<string, string> },
): Promise<void> {
  const { uploads } = trpcClient(server.url, token);
  const { id } = await uploads.init.mutate({ ...ask, size: 1_000 });
  const { status } = await fetch(`${server.url}/api/uploads/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-range": "bytes 0-99/1000" },
    body: new Uint8Array(100),
  });
  expect(status).toBe(200);
}
