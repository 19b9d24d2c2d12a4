import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { apiClient, beginUpload } from "../support/begin-upload.ts";
import { launchChromium, onDisk, signIn } from "../support/chromium.ts";
import { randomFile } from "../support/random-file.ts";
import { adminEmail, type SpawnedServer, spawnServer } from "../support/spawn-server.ts";

const timeout = { timeout: 180_000 };
const email = "second@example.com";

async function addUser(server: SpawnedServer): Promise<{ email: string; password: string }> {
  const made = await server.cli(["user", "add", email, "--generate", "--json"]);
  if (made.code !== 0) throw new Error(made.stderr);
  return { email, password: JSON.parse(made.stdout).password };
}

async function tokenFor(server: SpawnedServer, who: string): Promise<Record<string, string>> {
  const made = await server.cli(["token", "create", who, "--name", "test", "--json"]);
  return { authorization: `Bearer ${JSON.parse(made.stdout).token}` };
}

async function chooseAndWait(page: Page, at: string): Promise<void> {
  await page.getByTestId("files").setInputFiles(at);
  await page.locator('[data-phase="done"]').waitFor();
}

describe("people", () => {
  it("must sign in, and are not told why they could not", timeout, async () => {
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const page = await chromium.open(server.url);
    for (const path of ["/", "/tokens", "/admin"]) {
      await page.goto(path);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    }
    await page.getByLabel("E-mail").fill(adminEmail);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("section").getByRole("alert").waitFor();
    await signIn(page);
    await page.getByRole("heading", { name: "Upload files" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("do not see each other's files", timeout, async () => {
    const file = randomFile(300_000, 21);
    await using disk = await onDisk(file);
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const first = await chromium.open(server.url);
    await signIn(first);
    await chooseAndWait(first, disk.path);
    const download = first.getByRole("link", { name: `Download ${file.name}` });
    const href = (await download.getAttribute("href")) ?? "";
    const second = await chromium.open(server.url);
    await signIn(second, await addUser(server));
    await second.getByText("No files yet.").waitFor();
    const stolen = await second.request.get(href);
    expect(stolen.status()).toBe(404);
    expect((await first.request.get(href)).status()).toBe(200);
  });

  it("find nothing at /admin unless they are administrators", timeout, async () => {
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const page = await chromium.open(server.url);
    await signIn(page, await addUser(server));
    const answer = await page.goto("/admin");
    expect(answer?.status()).toBe(404);
    await page.getByText("There is nothing here").waitFor();
    await page.goto("/");
    expect(await page.getByRole("link", { name: "Administration" }).count()).toBe(0);
  });

  it("who administer search, filter and delete everybody's uploads", timeout, async () => {
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    await addUser(server);
    const headers = await tokenFor(server, email);
    for (const name of ["alpha.bin", "beta.bin", "gamma.bin"]) {
      const file = { ...randomFile(100_000, 22), name };
      const upload = await beginUpload({ url: server.url, headers, file });
      await upload.send({ start: 0, end: 50_000 });
      if (name !== "gamma.bin") await upload.send({ start: 50_000, end: 100_000 });
      if (name === "alpha.bin") await upload.complete();
    }
    const page = await chromium.open(server.url);
    await signIn(page, { next: "/admin" });
    await page.getByRole("status").filter({ hasText: "3 uploads" }).waitFor();
    const names = page.getByRole("row").filter({ hasText: ".bin" });
    expect(await names.first().getByText(email).count()).toBeGreaterThan(0);
    await page.getByLabel("Search by filename").fill("BETA");
    await page.getByRole("status").filter({ hasText: "1 upload" }).waitFor();
    expect(await names.allInnerTexts()).toEqual([expect.stringContaining("beta.bin")]);
    await page.getByLabel("Search by filename").fill("");
    await page.getByRole("status").filter({ hasText: "3 uploads" }).waitFor();
    await page.getByLabel("Status", { exact: true }).selectOption("complete");
    await names.filter({ hasText: "alpha.bin" }).waitFor();
    await names.filter({ hasText: "beta.bin" }).waitFor({ state: "detached" });
    expect(await names.allInnerTexts()).toEqual([expect.stringContaining("alpha.bin")]);
    await page.getByLabel("Status", { exact: true }).selectOption("");
    await names.filter({ hasText: "gamma.bin" }).waitFor();
    await page.getByLabel("Select gamma.bin").check();
    await page.getByLabel("Select beta.bin").check();
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText("gamma.bin").waitFor();
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "1 upload" }).waitFor();
    const { items } = await apiClient(server.url, headers).uploads.list.query({});
    expect(items.map(({ filename }) => filename)).toEqual(["alpha.bin"]);
  });

  it("make a token, use it, and revoke it", timeout, async () => {
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const page = await chromium.open(server.url);
    await signIn(page, { next: "/tokens" });
    await page.getByText("No tokens yet.").waitFor();
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("backup script");
    await page.getByRole("button", { name: "Create token" }).click();
    const dialog = page.getByRole("dialog").filter({ hasText: "Your new token" });
    await dialog.waitFor();
    const token = /up_[\w-]{43}/.exec((await dialog.textContent()) ?? "")?.[0];
    expect(token).toBeDefined();
    const headers = { authorization: `Bearer ${token}` };
    const file = randomFile(10_000, 23);
    const upload = await beginUpload({ url: server.url, headers, file });
    await upload.send({ start: 0, end: file.size });
    expect(await upload.complete()).toMatchObject({ status: "complete" });
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Revoke backup script" }).click();
    const confirm = page.getByRole("alertdialog");
    await confirm.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("No tokens yet.").waitFor();
    const refused = await fetch(upload.target.url, { headers });
    expect(refused.status).toBe(401);
  });
});
