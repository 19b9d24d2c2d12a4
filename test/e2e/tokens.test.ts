import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { digestOf, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const run = promisify(execFile);

describe("API tokens", patient, () => {
  it("are made, shown once, used by a program, and refused once revoked", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByText("No tokens yet.").waitFor();
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("backup script");
    await page.getByLabel("Expires").selectOption("In 30 days");
    await page.getByRole("button", { name: "Create token" }).click();
    const token = await page.getByTestId("token").textContent();
    const ask = () =>
      fetch(`${stage.url}/api/trpc/uploads.list`, {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask()).status).toBe(200);
    await page.getByRole("button", { name: "Done" }).click();
    await page.reload();
    const row = page.getByRole("row").filter({ hasText: "backup script" });
    await row.getByText(/^up_.+…$/).waitFor();
    expect(await page.content()).not.toContain(token ?? "up_");
    await row.getByRole("button", { name: "Revoke backup script" }).click();
    const question = page.getByRole("alertdialog", { name: "Revoke this token?" });
    await question.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("No tokens yet.").waitFor();
    expect((await ask()).status).toBe(401);
    expect(stage.problems).toEqual([]);
  });

  it("come with an example that uploads a file as it stands there", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 200_000 });
    const page = await stage.signIn();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("example");
    await page.getByRole("button", { name: "Create token" }).click();
    const example = await page.getByRole("dialog").locator("pre").textContent();
    await run("sh", ["-ec", example ?? "false"], { cwd: files.path });
    const [stored = ""] = await storedFiles(stage.server.dataDir);
    expect(stored).toMatch(/\.done$/);
    expect(await digestOf(path.join(stage.server.dataDir, "media", stored))).toBe(film.md5);
  });
});
