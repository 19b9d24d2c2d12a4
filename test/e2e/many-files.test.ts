import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { storedFiles } from "../support/e2e-files.ts";
import { openStage, patient } from "../support/e2e-stage.ts";

/** Chooses `count` small files: "many-0.txt", "many-1.txt" and so on. */
async function chooseMany(page: Page, count: number): Promise<void> {
  const files = Array.from({ length: count }, (_, at) => ({
    name: `many-${at}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from(`file ${at}`),
  }));
  await page.getByTestId("files").setInputFiles(files);
}

const rows = (page: Page) => page.locator("li[data-phase]");

/** The names in the list, in order. */
async function namesOf(page: Page): Promise<string[]> {
  return rows(page).locator("p:first-child").allTextContents();
}

describe("a long list of files", patient, () => {
  it("is virtualized, in the order of the queue", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    const held = stage.link.holdAfter(1);
    await chooseMany(page, 300);
    await held;
    const first = await namesOf(page);
    expect(first.length).toBeLessThan(20);
    expect(first).toEqual(first.map((_, at) => `many-${at}.txt`));
    expect(await rows(page).first().getAttribute("aria-setsize")).toBe("300");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.filter(({ impact }) => impact === "serious" || impact === "critical"),
    ).toEqual([]);
    // A row with the focus is kept when it is scrolled out of view.
    await page.getByRole("button", { name: "Cancel many-2.txt" }).focus();
    await page.locator("[data-window]").evaluate((list) => list.scrollTo(0, 200 * 64));
    await page.getByText("many-200.txt").waitFor();
    const scrolled = await namesOf(page);
    expect(scrolled[0]).toBe("many-2.txt");
    expect(scrolled).toHaveLength(new Set(scrolled).size);
    expect(scrolled.length).toBeLessThan(24);
    await page.getByRole("button", { name: "Pause all" }).click();
    await page.getByRole("button", { name: "Resume all" }).waitFor();
    await page.locator('li[data-phase="paused"]').filter({ hasText: "many-200.txt" }).waitFor();
    expect(await page.locator('li[data-phase="waiting"]').count()).toBe(0);
    expect(stage.problems).toEqual([]);
  });

  it("collapses finished files to a line, which can be expanded", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    await chooseMany(page, 60);
    await page.getByText("60 of 60 files complete").waitFor();
    await page.getByText("60 finished files").waitFor();
    await rows(page).first().waitFor({ state: "detached" });
    const show = page.getByRole("button", { name: "Show", exact: true });
    await show.click();
    await page.locator('li[data-phase="done"]').filter({ hasText: "many-0.txt" }).waitFor();
    await page.getByRole("button", { name: "Hide", exact: true }).click();
    await rows(page).first().waitFor({ state: "detached" });
    expect(await storedFiles(stage.server.dataDir)).toHaveLength(60);
  });

  it("does not move while the pointer is over it", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    const held = stage.link.holdAfter(1);
    await chooseMany(page, 60);
    await held;
    await rows(page).nth(3).hover();
    const before = await namesOf(page);
    stage.link.release();
    await page.getByText("60 of 60 files complete").waitFor();
    await page.locator('li[data-phase="done"]').filter({ hasText: "many-3.txt" }).waitFor();
    expect((await namesOf(page)).slice(0, 8)).toEqual(before.slice(0, 8));
    await page.mouse.move(5, 5);
    await page.getByText("60 finished files").waitFor();
  });
});
