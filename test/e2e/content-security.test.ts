import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { MiB, writeLocalFile } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";
import { chooseFiles, storedRow } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** Adds scripts to the page like an attacker who can inject markup. */
async function injectScripts(page: Page, url: string): Promise<unknown> {
  await page.evaluate((source) => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    // Parser-inserted, like markup from the server.
    frame.contentDocument?.write(
      `<script>parent.injected = "inline"</script><script src="${source}"></script>`,
    );
    frame.contentDocument?.close();
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\"injected = 'handler'\">");
  }, url);
  await page.waitForTimeout(500);
  return page.evaluate(() => (window as unknown as { injected?: unknown }).injected);
}

describe("the Content-Security-Policy", patient, () => {
  it("causes no violations on any page", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.bin", size: 12 * MiB });
    await stage.visit("/nowhere");
    const page = await stage.signIn();
    const hashing = page.waitForEvent("worker");
    await chooseFiles(page, [notes]);
    await hashing;
    await storedRow(page, notes.name).getByText("Complete").waitFor();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("heading", { name: "API tokens" }).waitFor();
    await page.getByRole("link", { name: "Administration" }).click();
    await page.getByText(notes.name).first().waitFor();
    for (const path of ["/", "/tokens", "/admin", "/no/such/page"]) {
      await page.goto(stage.url + path);
      await page.waitForLoadState("networkidle");
    }
    expect(stage.problems).toEqual([]);
  });

  it("blocks injected scripts", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    expect(await injectScripts(page, `${stage.url}/api/health`)).toBeUndefined();
    expect(stage.problems.filter((text) => text.startsWith("script-src"))).not.toEqual([]);
  });
});
