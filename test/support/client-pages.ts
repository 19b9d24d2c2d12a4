import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { openChromium } from "./chromium.ts";
import type { RandomFile } from "./random-file.ts";
import { adminEmail, adminPassword } from "./spawn-server.ts";
import { tempDirectory } from "./temp-directory.ts";

/** As long as a page may take for anything at all, on a slow machine too. */
const PATIENCE_MS = 60_000;

export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** A window of a browser of its own: no cookies, nothing stored. */
  open(url: string): Promise<Page>;
}

/** Starts Chromium for pages of other applications; `await using` ends it. */
export async function launchChromium(): Promise<TestBrowser> {
  const browser = await openChromium();
  return {
    browser,
    async open(url) {
      const context = await browser.newContext({ baseURL: url });
      context.setDefaultTimeout(PATIENCE_MS);
      return context.newPage();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Signs in by the page, as the first administrator unless somebody else is named. */
export async function signIn(
  page: Page,
  { email = adminEmail, password = adminPassword, next = "/" } = {},
): Promise<void> {
  await page.goto(next);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === next);
}

/** The file on a disk, from which a browser can take it. */
export async function onDisk(
  file: RandomFile,
): Promise<AsyncDisposable & { readonly path: string; readonly name: string }> {
  const directory = await tempDirectory();
  const at = path.join(directory.path, file.name);
  await writeFile(at, "");
  await using handle = await open(at, "w");
  for (const piece of file.pieces(0, file.size, 2 ** 20)) await handle.write(piece);
  return {
    path: at,
    name: file.name,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
