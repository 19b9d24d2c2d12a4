import { existsSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { RandomFile } from "./random-file.ts";
import { adminEmail, adminPassword } from "./spawn-server.ts";
import { tempDirectory } from "./temp-directory.ts";

const places = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** As long as a page may take for anything at all, on a slow machine too. */
const PATIENCE_MS = 60_000;

export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** A window of a browser of its own: no cookies, nothing stored. */
  open(url: string): Promise<Page>;
}

/** Starts Chromium; `await using` ends it. */
export async function launchChromium(): Promise<TestBrowser> {
  const executablePath = places.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) throw new Error("No Chromium; name one in CHROMIUM_PATH.");
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    browser,
    async open(url) {
      const context: BrowserContext = await browser.newContext({ baseURL: url });
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

/** Drops a file on the page as a hand would: it comes over, and is let go. */
export async function dropFile(page: Page, at: string): Promise<void> {
  const input = await page.evaluateHandle(() => {
    const made = document.createElement("input");
    made.type = "file";
    return made;
  });
  await input.asElement()?.setInputFiles(at);
  await page.evaluate((source) => {
    const transfer = new DataTransfer();
    for (const file of source.files ?? []) transfer.items.add(file);
    for (const type of ["dragenter", "dragover", "drop"]) {
      const event = new DragEvent(type, {
        dataTransfer: transfer,
        bubbles: true,
        cancelable: true,
      });
      document.body.dispatchEvent(event);
    }
  }, input);
}

/** Slows the page's sending down to so many bytes a second. */
export async function slowDown(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

/** Counts the bytes that the page sets out to send, from now on. */
export function countSent(page: Page): { readonly bytes: number } {
  const counted = { bytes: 0 };
  page.on("request", (request) => {
    const range = /^bytes (\d+)-(\d+)\//.exec(request.headers()["content-range"] ?? "");
    if (request.method() === "PUT" && range !== null) {
      counted.bytes += Number(range[2]) - Number(range[1]) + 1;
    }
  });
  return counted;
}
