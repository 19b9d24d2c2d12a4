import path from "node:path";
import type { Page, Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openStage, patient } from "../support/e2e-stage.ts";
import { openSqliteFile } from "../support/sqlite-file.ts";

/** What a page asks first is missing, until it is given back. */
async function breakUsers(dataDir: string): Promise<() => Promise<void>> {
  const database = openSqliteFile(path.join(dataDir, "database.db"));
  database.exec('ALTER TABLE "User" RENAME TO "Away"');
  return async () => {
    database.exec('ALTER TABLE "Away" RENAME TO "User"');
    database.close();
  };
}

/** Resolves once the page's request for its own content has ended. Next cancels it when it has read enough. */
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

describe("a page that breaks", patient, () => {
  it("says so, and comes back by its button once the server can", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    // What the server remembers of a user it forgets when it starts anew.
    await stage.server.kill("SIGTERM");
    await stage.server.start();
    const mend = await breakUsers(stage.server.dataDir);
    await page.goto(`${stage.url}/tokens`);
    await page.getByRole("heading", { name: "This page did not work" }).waitFor();
    // The server's response decides this attempt: mended before it, the page would come back at once,
    // and there would be no button for the second attempt.
    const requested = pageRequested(page);
    await page.getByRole("button", { name: "Try again" }).click();
    await requested;
    await page.getByRole("heading", { name: "This page did not work" }).waitFor();
    await mend();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "API tokens" }).waitFor();
    expect(await page.title()).toBe("API tokens · Uploads");
  });
});
