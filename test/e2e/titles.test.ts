import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openStage, patient } from "../support/e2e-stage.ts";

/** Notes every title that the page has from now on, also one that stands for a moment only. */
async function noteTitles(page: Page): Promise<() => Promise<string[]>> {
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
  it("stands as long as its page, with no nameless moment between two", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    const titles = await noteTitles(page);
    const seen = ["Uploads"];
    for (const name of ["API tokens", "Administration", "Files"]) {
      await page.getByRole("link", { name, exact: true }).click();
      seen.push(name === "Files" ? "Uploads" : `${name} · Uploads`);
      await expect.poll(titles).toEqual(seen);
    }
    expect(stage.problems).toEqual([]);
  });

  it("says so where there is nothing", async () => {
    await using stage = await openStage();
    const page = await stage.visit("/nowhere");
    expect(await page.title()).toBe("There is nothing here · Uploads");
    const signIn = await stage.visit("/sign-in");
    expect(await signIn.title()).toBe("Sign in · Uploads");
  });
});
