import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { launchChromium, onDisk, signIn } from "../support/chromium.ts";
import { randomFile } from "../support/random-file.ts";
import { spawnServer } from "../support/spawn-server.ts";

const timeout = { timeout: 180_000 };

/** What axe finds that keeps somebody from using the page, as short lines. */
async function barriers(page: Page): Promise<string[]> {
  // Colours in the middle of a transition are nobody's choice.
  await page.emulateMedia({ reducedMotion: "reduce" });
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  it("no page keeps anybody out", timeout, async () => {
    const file = randomFile(200_000, 31);
    await using disk = await onDisk(file);
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const page = await chromium.open(server.url);
    await page.emulateMedia({ colorScheme });
    await page.goto("/sign-in");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await barriers(page), "sign-in").toEqual([]);

    await signIn(page);
    await page.getByText("No files yet.").waitFor();
    expect(await barriers(page), "an empty uploader").toEqual([]);
    await page.getByTestId("files").setInputFiles(disk.path);
    await page.getByRole("link", { name: `Download ${file.name}` }).waitFor();
    expect(await barriers(page), "an uploader with files").toEqual([]);

    await page.goto("/admin");
    await page.getByRole("status").filter({ hasText: "1 upload" }).waitFor();
    expect(await barriers(page), "administration").toEqual([]);
    await page.getByLabel(`Select ${file.name}`).check();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("alertdialog").waitFor();
    expect(await barriers(page), "a question").toEqual([]);

    await page.goto("/tokens");
    await page.getByText("No tokens yet.").waitFor();
    expect(await barriers(page), "tokens").toEqual([]);
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await barriers(page), "a new token").toEqual([]);

    await page.goto("/nothing-here");
    await page.getByText("There is nothing here").waitFor();
    expect(await barriers(page), "a page that is not there").toEqual([]);
  });
});
