import { describe, expect, it } from "vitest";
import { MiB, writeLocalFile } from "../support/e2e-files.ts";
import { admin, filesReady, fillSignIn, openStage, patient } from "../support/e2e-stage.ts";
import { chooseFiles, rowOf, storedRow, uploadIdOf } from "../support/e2e-uploader.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const otherUser = { email: "other@example.com", password: "a password of another user" };

describe("access to pages and files", patient, () => {
  it("hides a user's files from other users, and the admin page from non-admins", async () => {
    await using stage = await openStage();
    await using files = await tempDirectory();
    await stage.addUser(otherUser);
    const notes = await writeLocalFile(files.path, { name: "notes.txt", size: 1_000 });
    const owner = await stage.signIn();
    await chooseFiles(owner, [notes]);
    await storedRow(owner, notes.name).getByText("Complete").waitFor();
    const id = await uploadIdOf(owner, notes.name);
    const other = await stage.signIn(otherUser);
    await other.getByText("No files yet.").waitFor();
    expect(await other.getByText(notes.name).count()).toBe(0);
    const download = await other.request.get(`${stage.url}/api/uploads/${id}/file`);
    expect(download.status()).toBe(404);
    expect(await other.getByRole("link", { name: "Administration" }).count()).toBe(0);
    const adminPage = await other.goto(`${stage.url}/admin`);
    expect(adminPage?.status()).toBe(404);
    await other.getByRole("heading", { name: "Page not found" }).waitFor();
    // For signed-in users, unknown paths also show the navigation.
    const unknown = await other.goto(`${stage.url}/no/such/page`);
    expect(unknown?.status()).toBe(404);
    await other.getByRole("heading", { name: "Page not found" }).waitFor();
    await other.getByRole("link", { name: "API tokens" }).waitFor();
  });

  it("redirects to sign-in and then back to the requested page", async () => {
    await using stage = await openStage();
    for (const path of ["/", "/tokens", "/admin"]) {
      const page = await stage.visit(path);
      expect(page.url()).toBe(`${stage.url}/sign-in?callbackUrl=${encodeURIComponent(path)}`);
      await fillSignIn(page, admin);
      await page.waitForURL(`${stage.url}${path}`);
      await page.context().close();
    }
  });

  it("does not redirect to other sites after signing in", async () => {
    await using stage = await openStage();
    const targets = [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "javascript:a()",
    ];
    for (const target of targets) {
      const address = `/sign-in?callbackUrl=${encodeURIComponent(target)}`;
      const page = await stage.visit(address);
      await fillSignIn(page, admin);
      await filesReady(page);
      expect(page.url()).toBe(`${stage.url}/`);
      // The same for a user who is already signed in.
      await page.goto(`${stage.url}${address}`);
      expect(page.url()).toBe(`${stage.url}/`);
      await page.context().close();
    }
  });

  it("reports a wrong password and keeps the e-mail address", async () => {
    await using stage = await openStage();
    const page = await stage.visit("/sign-in");
    await fillSignIn(page, { ...admin, password: "not the password" });
    const alert = page.getByRole("alert").filter({ hasText: "password is wrong" });
    await alert.getByText("The e-mail address or the password is wrong.").waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(admin.email);
    expect(await page.context().cookies()).not.toContainEqual(
      expect.objectContaining({ name: expect.stringContaining("session-token") }),
    );
    // The wrong password is selected, so that typing replaces it.
    await page.locator("#password:focus").waitFor();
    await page.keyboard.type(admin.password);
    await page.keyboard.press("Enter");
    await filesReady(page);
  });

  it("shows how long to wait after too many attempts", async () => {
    await using stage = await openStage({ LOGIN_RATE: "2/10m" });
    const page = await stage.visit("/sign-in");
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await fillSignIn(page, { ...admin, password: "not the password" });
      await page.getByText("The e-mail address or the password is wrong.").waitFor();
    }
    await fillSignIn(page, { ...admin, password: "not the password" });
    await page.getByText(/^Too many attempts\. Try again in \d+ minutes?\.$/).waitFor();
  });

  it("asks before signing out during uploads, without a second question of the browser", async () => {
    await using stage = await openStage({ CHUNK_SIZE: "1 MiB" });
    await using files = await tempDirectory();
    const film = await writeLocalFile(files.path, { name: "film.mp4", size: 8 * MiB });
    const page = await stage.signIn();
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.type());
      void dialog.accept();
    });
    const held = stage.link.holdAfter(2 * MiB);
    await chooseFiles(page, [film]);
    await held;
    await page.getByRole("button", { name: "Sign out" }).click();
    const question = page.getByRole("alertdialog", {
      name: "Sign out while files are being sent?",
    });
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    await rowOf(page, film.name, "uploading").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await question.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${stage.url}/sign-in`);
    expect(dialogs).toEqual([]);
  });

  it("requires a new sign-in after signing out", async () => {
    await using stage = await openStage();
    const page = await stage.signIn();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${stage.url}/sign-in`);
    await page.goto(`${stage.url}/tokens`);
    expect(page.url()).toContain("/sign-in?callbackUrl=%2Ftokens");
    const response = await page.request.get(`${stage.url}/api/trpc/uploads.list`);
    expect(response.status()).toBe(401);
  });
});
