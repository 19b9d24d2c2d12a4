import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openStage, patient } from "../support/e2e-stage.ts";

/** Records every title that the page has from now on, including temporary ones. */
async function recordTitles(page: Page): Promise<() => Promise<string[]>> {
  const titles = await page.evaluateHandle(() => {
    const seen = [document.title];
    const note = () => {
      if (seen.at(-1) !== document.title) seen.push(document.title);
    };
    const parts = { childList: true, subtree: true, characterData: true };
    new MutationObserver(note).observe(document.head, parts);
    return seen;
  });
  return () => titles.jsonValue();
}

describe("the title of a page", patient, () => {
  it("changes together with the page, without an intermediate title", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    const titles = await recordTitles(page);
    const seen = ["Uploads"];
    for (const name of ["API tokens", "Administration", "Files"]) {
      await page.getByRole("link", { name, exact: true }).click();
      seen.push(name === "Files" ? "Uploads" : `${name} · Uploads`);
      await expect.poll(titles).toEqual(seen);
    }
    expect(stage.problems).toEqual([]);
  });

  it("is set on the not-found page and the sign-in page", async () => {
    await using stage = await openStage();
    const page = await stage.visit("/nowhere");
    await expect.poll(() => page.title()).toBe("Page not found · Uploads");
    const signIn = await stage.visit("/sign-in");
    await expect.poll(() => signIn.title()).toBe("Sign in · Uploads");
  });
});
