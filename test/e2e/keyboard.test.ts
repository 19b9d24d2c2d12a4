import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { MiB, writeLocalFile } from "../support/e2e-files.ts";
import { admin, filesReady, openStage, PATIENCE_MS, patient } from "../support/e2e-stage.ts";
import { chooseFiles, rowOf } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** Presses Tab until `goal` has the focus, and checks that the focus is visible. */
async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (!(await hasFocus(goal))) continue;
    expect(await isFocusVisible(goal)).toBe(true);
    return;
  }
  throw new Error(`Tab never reached ${goal}.`);
}

function hasFocus(goal: Locator): Promise<boolean> {
  return goal.evaluate((element) => element === document.activeElement);
}

/** Whether the focus is visible by an outline or a box shadow. */
function isFocusVisible(goal: Locator): Promise<boolean> {
  return goal.evaluate((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const outlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    return element.matches(":focus-visible") && (outlined || boxShadow !== "none");
  });
}

describe("with only the keyboard", patient, () => {
  it("users can sign in", async () => {
    await using stage = await openStage();
    const page = await stage.visit("/sign-in");
    await tabTo(page, page.getByLabel("E-mail"));
    await page.keyboard.type(admin.email);
    await tabTo(page, page.getByLabel("Password"));
    await page.keyboard.type(admin.password);
    await tabTo(page, page.getByRole("button", { name: "Sign in" }));
    await page.keyboard.press("Enter");
    await filesReady(page);
  });

  it("users can choose files, and pause, resume and cancel uploads", async () => {
    await using stage = await openStage({ CHUNK_SIZE: "1 MiB" });
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const page = await stage.signIn();
    // The listener must exist before the key is pressed.
    const chooser = page.waitForEvent("filechooser");
    await tabTo(page, page.getByRole("button", { name: "Choose files" }));
    const held = stage.link.holdAfter(2 * MiB);
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(film.path);
    await held;
    await tabTo(page, page.getByRole("button", { name: "Pause film.mp4" }));
    await page.keyboard.press("Enter");
    await rowOf(page, film.name, "paused").waitFor();
    // The button changes its label and keeps the focus.
    const resume = page.getByRole("button", { name: "Resume film.mp4" });
    expect(await hasFocus(resume)).toBe(true);
    await page.keyboard.press("Space");
    await rowOf(page, film.name, "paused").waitFor({ state: "detached" });
    await tabTo(page, page.getByRole("button", { name: "Cancel film.mp4" }));
    await page.keyboard.press("Enter");
    await rowOf(page, film.name).waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  });

  it("users can skip to the content and reach the rows of finished files", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 100 });
    const page = await stage.signIn();
    await chooseFiles(page, [notes]);
    await page.getByRole("link", { name: "Download notes.txt" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Download notes.txt" }).waitFor();
    await tabTo(page, page.getByRole("link", { name: "Skip to content" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("button", { name: "Choose files" }));
    await tabTo(page, page.getByRole("button", { name: /^Copy the md5 checksum/ }));
    await tabTo(page, page.getByRole("link", { name: "Download notes.txt" }));
    await tabTo(page, page.getByRole("button", { name: "Delete notes.txt" }));
    await page.keyboard.press("Enter");
    const question = page.getByRole("alertdialog", { name: "Delete this file?" });
    await question.waitFor();
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    // Cancelling returns the focus; deleting the last row moves it to the title of the list.
    const remove = page.getByRole("button", { name: "Delete notes.txt" });
    await expect.poll(() => hasFocus(remove), { timeout: PATIENCE_MS }).toBe(true);
    await page.keyboard.press("Enter");
    await tabTo(page, question.getByRole("button", { name: "Delete" }));
    await page.keyboard.press("Enter");
    await page.getByText("No files yet.").waitFor();
    const title = page.getByRole("heading", { name: "Your files" });
    await expect.poll(() => hasFocus(title), { timeout: PATIENCE_MS }).toBe(true);
  });

  it("users can delete several rows: the focus moves to the next row", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    const page = await stage.signIn();
    for (const name of ["c.txt", "b.txt", "a.txt"]) {
      await chooseFiles(page, [await writeLocalFile(files.path, { name, size: 100 })]);
      await page.getByRole("button", { name: `Delete ${name}` }).waitFor();
    }
    const confirm = async () => {
      await page.getByRole("alertdialog").waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("alertdialog").waitFor({ state: "detached" });
    };
    const expectFocus = (goal: Locator) =>
      expect.poll(() => hasFocus(goal), { timeout: PATIENCE_MS }).toBe(true);
    await page.getByRole("button", { name: "Delete a.txt" }).press("Enter");
    await confirm();
    await expectFocus(page.getByRole("button", { name: "Delete b.txt" }));
    await page.getByRole("link", { name: "Administration" }).click();
    await page.getByRole("heading", { name: "All uploads" }).waitFor();
    await page.getByRole("button", { name: "Delete c.txt" }).press("Enter");
    await confirm();
    // After the last row, the focus moves to the previous one.
    await expectFocus(page.getByRole("button", { name: "Delete b.txt" }));
  });

  it("users can open and close dialogs, which return the focus", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByText("No tokens yet.").waitFor();
    const create = page.getByRole("button", { name: "New token" });
    await tabTo(page, create);
    await page.keyboard.press("Enter");
    const form = page.getByRole("dialog", { name: "New API token" });
    await form.waitFor();
    expect(await hasFocus(form.getByLabel("Name"))).toBe(true);
    await page.keyboard.type("laptop");
    await page.keyboard.press("Enter");
    await page.getByTestId("token").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(create), { timeout: PATIENCE_MS }).toBe(true);
    const revoke = page.getByRole("button", { name: "Revoke laptop" });
    await tabTo(page, revoke);
    await page.keyboard.press("Enter");
    const question = page.getByRole("alertdialog");
    await tabTo(page, question.getByRole("button", { name: "Revoke" }));
    await page.keyboard.press("Enter");
    await page.getByText("No tokens yet.").waitFor();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    // Without a row, the focus moves to the main content, not to the top of the page.
    await expect
      .poll(() => hasFocus(page.locator("#content")), { timeout: PATIENCE_MS })
      .toBe(true);
  });
});
