import path from "node:path";
import { describe, expect, it } from "vitest";
import { digestOf, MiB, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";
import {
  chooseFiles,
  dropFiles,
  rowOf,
  shownDigest,
  storedRow,
  uploadIdOf,
} from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** Size of the large file in bytes. */
const size = Number(process.env.E2E_BYTES || 40_000_000);

describe("uploading on the page", patient, () => {
  it("stores a dropped file unchanged and shows its MD5", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "Wedding film.mp4", size });
    const page = await stage.signIn();
    await dropFiles(page, [film.path]);
    await rowOf(page, film.name, "done").getByText("Complete").waitFor();
    await storedRow(page, film.name).getByText("Complete").waitFor();
    expect(await shownDigest(page, film.name)).toBe(film.md5);
    const stored = await storedFiles(stage.server.dataDir);
    const id = await uploadIdOf(page, film.name);
    expect(stored).toEqual([
      expect.stringMatching(new RegExp(`^chunked_uploads/\\d{4}/\\d\\d/\\d\\d/${id}\\.done$`)),
    ]);
    const kept = path.join(stage.server.dataDir, "media", stored[0] ?? "");
    expect(await digestOf(kept, "sha256")).toBe(await digestOf(film.path, "sha256"));
    expect(stage.problems).toEqual([]);
  });

  it("downloads a finished file unchanged, with its name", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const photo = await writeLocalFile(files.path, { name: "Grüße aus Kyōto.jpg", size: 300_000 });
    const page = await stage.signIn();
    await chooseFiles(page, [photo]);
    await storedRow(page, photo.name).getByText("Complete").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: `Download ${photo.name}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(photo.name);
    expect(await digestOf(await download.path())).toBe(photo.md5);
  });

  it("uploads a dropped folder recursively, including empty files", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const names = ["Trip/day 1/a.jpg", "Trip/day 1/b.jpg", "Trip/notes.txt", "Trip/empty.txt"];
    const sizes = [200_000, MiB, 12, 0];
    for (const [at, name] of names.entries()) {
      await writeLocalFile(files.path, { name, size: sizes[at] ?? 0 });
    }
    const page = await stage.signIn();
    await dropFiles(page, [path.join(files.path, "Trip")]);
    for (const name of names) await rowOf(page, name, "done").waitFor();
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(4);
  });

  it("shows why a file is not accepted, and uploads the others", async () => {
    await using stage = await openStage({ CHUNKED_UPLOAD_MAX_BYTES: "1 MB" });
    await using files = await tempDirectory();
    const large = await writeLocalFile(files.path, { name: "large.iso", size: 1_000_001 });
    const larger = await writeLocalFile(files.path, { name: "larger.iso", size: 1_000_002 });
    const exact = await writeLocalFile(files.path, { name: "exact.bin", size: 1_000_000 });
    const small = await writeLocalFile(files.path, { name: "small.txt", size: 100 });
    const page = await stage.signIn();
    await page.getByText("Up to 1 MB per file.").waitFor();
    await dropFiles(page, [large.path, exact.path, small.path]);
    const alert = page.getByRole("alert").filter({ hasText: "not accepted" });
    await alert.getByText("“large.iso” is larger than 1 MB.").waitFor();
    await rowOf(page, exact.name, "done").waitFor();
    await rowOf(page, small.name, "done").waitFor();
    expect(await rowOf(page, large.name).count()).toBe(0);
    // The message stays until it is dismissed, also across page changes.
    await dropFiles(page, [larger.path]);
    await alert.getByText("“larger.iso” is larger than 1 MB.").waitFor();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("link", { name: "Files" }).click();
    await alert.getByText("“large.iso” is larger than 1 MB.").waitFor();
    await alert.getByRole("button", { name: "Dismiss" }).click();
    await alert.waitFor({ state: "detached" });
  });

  it("shows why the server rejects a file, and uploads the others", async () => {
    await using stage = await openStage({ QUOTA_BYTES: "1 MB" });
    await using files = await tempDirectory();
    const large = await writeLocalFile(files.path, { name: "large.iso", size: 1_000_001 });
    const small = await writeLocalFile(files.path, { name: "small.txt", size: 100 });
    const page = await stage.signIn();
    await chooseFiles(page, [large, small]);
    await rowOf(page, large.name, "failed").getByText("does not fit into your quota").waitFor();
    await rowOf(page, small.name, "done").waitFor();
    await page.getByRole("status").filter({ hasText: "The upload of large.iso failed" }).waitFor();
  });
});
