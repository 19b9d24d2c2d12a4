import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { openChromium } from "./chromium.ts";
import { type Link, openLink } from "./e2e-link.ts";
import { adminEmail, adminPassword, type SpawnedServer, spawnServer } from "./spawn-server.ts";

/** For tests whose browser shares two slow cores with others. */
export const patient = { timeout: 120_000 } as const;

/** How long a page may take to reach a state, in milliseconds. */
export const PATIENCE_MS = 60_000;

export const admin = { email: adminEmail, password: adminPassword } as const;

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** The built server, the line to it, and a browser. */
export interface Stage extends AsyncDisposable {
  readonly server: SpawnedServer;
  readonly link: Link;
  readonly browser: Browser;
  /** Where people reach the server, by the line; without a trailing slash. */
  readonly url: string;
  /** What went wrong in pages by itself: uncaught errors, and violations of the page's policy. */
  readonly problems: readonly string[];
  /** A page of a browser profile of its own, with nobody signed in. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** The page of the files, after signing in by the form. */
  signIn(account?: Account, options?: BrowserContextOptions): Promise<Page>;
  /** Makes an ordinary user. */
  addUser(account: Account): Promise<void>;
}

/** Sets the stage of one test; `env` holds settings of the server. */
export async function openStage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const link = await openLink();
  const [started, launched] = await Promise.allSettled([
    spawnServer({ env: { PUBLIC_URL: link.url, ...env } }),
    openChromium(),
  ]);
  const close = async () => {
    if (launched.status === "fulfilled") await launched.value.close();
    if (started.status === "fulfilled") await started.value[Symbol.asyncDispose]();
    await link[Symbol.asyncDispose]();
  };
  if (started.status === "rejected" || launched.status === "rejected") {
    await close();
    throw new Error("The stage could not be set.", { cause: reasonOf(started, launched) });
  }
  const server = started.value;
  const browser = launched.value;
  link.leadTo(server);
  const problems: string[] = [];

  async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 850 },
      colorScheme: "light",
      reducedMotion: "reduce",
      locale: "en-GB",
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await noteViolations(context, problems);
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(`${link.url}${path}`);
    return page;
  }

  return {
    server,
    link,
    browser,
    url: link.url,
    problems,
    visit,
    async signIn(account = admin, options = {}) {
      const page = await visit("/sign-in", options);
      await fillSignIn(page, account);
      await filesReady(page);
      return page;
    },
    async addUser({ email, password }) {
      const { code, stderr } = await server.cli(["user", "add", email], `${password}\n`);
      if (code !== 0) throw new Error(stderr);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Adds every violation of a `Content-Security-Policy` in the pages of `context` to `problems`. */
export async function noteViolations(context: BrowserContext, problems: string[]): Promise<void> {
  await context.exposeFunction("noteViolation", (text: string) => void problems.push(text));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
      const text = `${effectiveDirective} blocked ${blockedURI} ${sample}`;
      (window as unknown as { noteViolation(text: string): void }).noteViolation(text);
    });
  });
}

/** Waits until the page of the files listens: its own list is asked for only after that. */
export async function filesReady(page: Page): Promise<void> {
  const list = page.getByRole("region", { name: "Your files" });
  await list.getByText("No files yet.").or(list.getByRole("listitem")).first().waitFor();
}

/** Fills in the form of the sign-in page, once it listens, and sends it. */
export async function fillSignIn(page: Page, { email, password }: Account): Promise<void> {
  await page.waitForFunction(() =>
    Object.keys(document.querySelector("form") ?? {}).some((key) => key.startsWith("__react")),
  );
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

function reasonOf(...results: readonly PromiseSettledResult<unknown>[]): unknown {
  return results.find((result) => result.status === "rejected")?.reason;
}
