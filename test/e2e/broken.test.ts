import path from "node:path";
import type { Page, Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openStage, patient } from "../support/e2e-stage.ts";
import { openSqliteFile } from "../support/sqlite-file.ts";

/** Renames the table of users, so that pages fail. Returns a function that restores it. */
async function breakUsers(dataDir: string): Promise<() => Promise<void>> {
  const database = openSqliteFile(path.join(dataDir, "database.db"));
  database.exec('ALTER TABLE "User" RENAME TO "Away"');
  return async () => {
    database.exec('ALTER TABLE "Away" RENAME TO "User"');
    database.close();
  };
}

/** Resolves when the page's request for its content has ended. Next may cancel it early. */
function pageRequested(page: Page): Promise<unknown> {
  const isPage = (request: Request) => {
    const { pathname, searchParams } = new URL(request.url());
    return pathname === "/tokens" && searchParams.has("_rsc");
  };
  return Promise.race([
    page.waitForEvent("requestfinished", isPage),
    page.waitForEvent("requestfailed", isPage),
  ]);
}

describe("a page that fails", patient, () => {
  it("shows an error, and recovers with the retry button when the server has recovered", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    // A restart clears the server's cache of users.
    await stage.server.kill("SIGTERM");
    await stage.server.start();
    const repair = await breakUsers(stage.server.dataDir);
    await page.goto(`${stage.url}/tokens`);
    await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
    // Waits for the response: if the table were restored before it, the first retry would succeed.
    const requested = pageRequested(page);
    await page.getByRole("button", { name: "Try again" }).click();
    await requested;
    await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
    await repair();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "API tokens" }).waitFor();
    expect(await page.title()).toBe("API tokens · Uploads");
  });
});
