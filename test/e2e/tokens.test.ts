import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { tokenAndTicket } from "../support/credentials.ts";
import { digestOf, storedFiles, writeLocalFile } from "../support/e2e-files.ts";
import { admin, openStage, patient } from "../support/e2e-stage.ts";
import { auditLines, logLines } from "../support/log-lines.ts";
import { signInOverHttp } from "../support/sign-in-over-http.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const run = promisify(execFile);

describe("API tokens", patient, () => {
  it("are created, shown once, accepted, and rejected after they are revoked", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByText("No tokens yet.").waitFor();
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("backup script");
    await page.getByLabel("Expires").selectOption("In 30 days");
    await page.getByRole("button", { name: "Create token" }).click();
    const token = await page.getByTestId("token").textContent();
    const list = () =>
      fetch(`${stage.url}/api/trpc/uploads.list`, {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await list()).status).toBe(200);
    await page.getByRole("button", { name: "Done" }).click();
    await page.reload();
    const row = page.getByRole("row").filter({ hasText: "backup script" });
    await row.getByText(/^up_.+…$/).waitFor();
    expect(await page.content()).not.toContain(token ?? "up_");
    await row.getByRole("button", { name: "Revoke backup script" }).click();
    const question = page.getByRole("alertdialog", { name: "Revoke this token?" });
    await question.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("No tokens yet.").waitFor();
    expect((await list()).status).toBe(401);
    expect(stage.problems).toEqual([]);
  });

  it("are revoked by Revoke all, with all tickets and all other sessions", async () => {
    await using stage = await openStage({ LOG_LEVEL: "info" });
    const { server } = stage;
    const elsewhere = await signInOverHttp(server.url, admin);
    const { token, ticket } = await tokenAndTicket(server);
    const page = await stage.signIn();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("button", { name: "Revoke all" }).click();
    expect([await elsewhere.isSignedIn(), await token.status(), await ticket.status()]).toEqual([
      ...[true, 200, 200],
    ]);
    await page
      .getByRole("alertdialog", { name: "Revoke everything except this session?" })
      .getByRole("button", { name: "Revoke all" })
      .click();
    await page.getByText("No tokens yet.").waitFor();
    expect([await elsewhere.isSignedIn(), await token.status(), await ticket.status()]).toEqual([
      ...[false, 401, 401],
    ]);
    await page.reload();
    await page.getByText("No tokens yet.").waitFor();
    const [line] = auditLines(server, "all-revoked");
    expect(line).toMatchObject({ counts: { tokens: 1, sessions: 1 } });
    expect(line?.principal).toBe(line?.ownerId);
    const request = logLines(server).find(({ msg, requestId }) => {
      return msg === "request" && requestId === line?.requestId;
    });
    expect(request).toMatchObject({ door: "trpc", principal: line?.principal });
    expect(stage.problems).toEqual([]);
  });

  it("are shown with a shell script that uploads a file", async () => {
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
