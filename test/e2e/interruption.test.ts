import { appendFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { type LocalFile, MiB, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { filesReady, openStage, patient, type Stage } from "../support/e2e-stage.ts";
import { chooseFiles, chunksOf, rowOf, shownDigest } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const chunk = MiB;
const small = { CHUNK_SIZE: "1 MiB" };

/** Starts uploading `file` and resolves when half of it is sent and the connection is blocked. */
async function reachTheMiddle(stage: Stage, page: Page, file: LocalFile): Promise<void> {
  const held = stage.link.holdAfter(file.size / 2);
  await chooseFiles(page, [file]);
  await held;
  await rowOf(page, file.name, "uploading").waitFor();
}

/** Waits until the upload is done, and checks the digest. */
async function finishes(page: Page, file: LocalFile): Promise<void> {
  await rowOf(page, file.name, "done").waitFor();
  expect(await shownDigest(page, file.name)).toBe(file.md5);
}

/** Checks that at most the bytes in flight were sent twice: one chunk per parallel request. */
function expectLittleRepeated({ link }: Stage, file: LocalFile): void {
  expect(link.carried).toBeGreaterThanOrEqual(file.size);
  expect(link.carried - file.size).toBeLessThanOrEqual(link.lanes * chunk);
}

/** Waits until `text` is announced to screen readers. */
function announced(page: Page, text: string): Promise<void> {
  return page.getByRole("status").filter({ hasText: text }).waitFor({ state: "attached" });
}

describe("an interrupted upload", patient, () => {
  it("resumes after a reload when the same file is chosen again", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 24 * MiB });
    const page = await stage.signIn();
    const dialogs: string[] = [];
    page.on("dialog", async (dialog) => {
      dialogs.push(dialog.type());
      await dialog.accept();
    });
    // Without user interaction, browsers show no beforeunload dialog.
    await page.getByRole("heading", { name: "Upload files" }).click();
    await reachTheMiddle(stage, page, film);
    await page.reload();
    expect(dialogs).toEqual(["beforeunload"]);
    const notice = page.getByText("One upload is unfinished.").locator("..").locator("..");
    await notice.getByText(film.name).waitFor();
    const held = stage.link.holdAfter(2 * chunk);
    await chooseFiles(page, [film]);
    await held;
    await rowOf(page, film.name, "uploading")
      .getByText(/resumed at \d/)
      .waitFor();
    await notice.waitFor({ state: "detached" });
    stage.link.release();
    await finishes(page, film);
    expectLittleRepeated(stage, film);
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(1);
  });

  it("resumes in another browser without stored state", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const first = await stage.signIn();
    await reachTheMiddle(stage, first, film);
    await first.context().close();
    stage.link.release();
    const second = await stage.signIn();
    await chooseFiles(second, [film]);
    await finishes(second, film);
    expectLittleRepeated(stage, film);
  });

  it("is not resumed with a different file of the same name and size", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const size = 8 * MiB;
    const film = await writeLocalFile(files.path, { name: "a/film.mp4", size, seed: 1 });
    const other = await writeLocalFile(files.path, { name: "b/film.mp4", size, seed: 2 });
    const first = await stage.signIn();
    await reachTheMiddle(stage, first, film);
    await first.context().close();
    stage.link.release();
    const second = await stage.signIn();
    await chooseFiles(second, [other]);
    await rowOf(second, other.name, "done").waitFor();
    await second.locator("code").getByText(other.md5).waitFor();
    expect(await storedFiles(stage.server.dataDir)).toEqual(
      expect.arrayContaining([expect.stringMatching(/\.part$/), expect.stringMatching(/\.done$/)]),
    );
  });

  it("resumes automatically when the server was killed and restarted", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 24 * MiB });
    const page = await stage.signIn();
    await reachTheMiddle(stage, page, film);
    await stage.server.kill("SIGKILL");
    stage.link.release();
    await rowOf(page, film.name).getByText("Connection lost. Retrying.").waitFor();
    await stage.server.start();
    await finishes(page, film);
    expect(await storedFiles(stage.server.dataDir)).toEqual([expect.stringMatching(/\.done$/)]);
    expect(stage.problems).toEqual([]);
  });

  it("waits while the browser is offline and then resumes", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const page = await stage.signIn();
    await reachTheMiddle(stage, page, film);
    await page.context().setOffline(true);
    await rowOf(page, film.name)
      .getByText("You are offline. The upload continues when the connection is back.")
      .waitFor();
    await announced(page, "You are offline. The uploads continue when the connection is back.");
    stage.link.release();
    await page.context().setOffline(false);
    await announced(page, "The uploads continue.");
    await finishes(page, film);
  });

  it("waits while the user is signed out and resumes after the next sign-in", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const page = await stage.signIn();
    const session = await page.context().cookies();
    await reachTheMiddle(stage, page, film);
    await page.context().clearCookies();
    stage.link.release();
    await rowOf(page, film.name).getByText("You are signed out. Sign in to continue.").waitFor();
    await page.getByText("You are signed out. The uploads are waiting; no data is lost.").waitFor();
    await announced(page, "You are signed out. The uploads wait until you sign in.");
    await page.context().addCookies(session);
    await page.getByRole("button", { name: "Continue" }).click();
    await finishes(page, film);
  });

  it("is shown as stalled, without a time left, while no byte is sent", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 24 * MiB });
    const page = await stage.signIn();
    await reachTheMiddle(stage, page, film);
    const row = rowOf(page, film.name);
    await row.getByText("Stalled, waiting for the network.").waitFor();
    await announced(page, "The uploads are stalled, waiting for the network.");
    await page.getByRole("banner").getByText("Stalled", { exact: true }).waitFor();
    expect(await row.getByText(/left|\/s/).count()).toBe(0);
    stage.link.release();
    await finishes(page, film);
  });

  it("is matched with its file while the file waits in the queue", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const others = await Promise.all(
      ["a", "b", "c"].map((name, seed) =>
        writeLocalFile(files.path, { name: `${name}.bin`, size: 3 * MiB, seed }),
      ),
    );
    const page = await stage.signIn();
    await reachTheMiddle(stage, page, film);
    await page.reload();
    await page.getByText("One upload is unfinished.").waitFor();
    const held = stage.link.holdAfter(1);
    await chooseFiles(page, [...others, film]);
    await held;
    await rowOf(page, film.name, "waiting")
      .getByText(/resumes at \d.* of 8\.4 MB/)
      .waitFor();
    expect(await page.getByText("One upload is unfinished.").count()).toBe(0);
    expect(await page.getByText("Drop the same file again").count()).toBe(0);
    stage.link.release();
    await finishes(page, film);
  });

  it("is sent by only one of two tabs with the same file", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const first = await stage.signIn();
    await reachTheMiddle(stage, first, film);
    const second = await first.context().newPage();
    const chunks = chunksOf(second);
    await second.goto(stage.url);
    await filesReady(second);
    await chooseFiles(second, [film]);
    await rowOf(second, film.name).getByText("Another tab is sending this file").waitFor();
    expect(chunks).toEqual([]);
    stage.link.release();
    await rowOf(first, film.name, "done").waitFor();
    await rowOf(second, film.name, "done").waitFor();
    expect(chunks).toEqual([]);
  });

  it("fails with a reason when the file changes on disk, and can be retried", async () => {
    await using stage = await openStage(small);
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const page = await stage.signIn();
    await reachTheMiddle(stage, page, film);
    await appendFile(film.path, "more");
    stage.link.release();
    const row = rowOf(page, film.name, "failed");
    await row.getByText("The file can no longer be read").waitFor();
    await row.getByRole("button", { name: "Try film.mp4 again" }).waitFor();
  });
});
