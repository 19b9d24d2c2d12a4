import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import type { PageRequest } from "../e2e/pages/gate.ts";
import { launchChromium, type TestBrowser } from "./client-pages.ts";
import { openTusService, type TusService } from "./tus-service.ts";

const pages = path.resolve(import.meta.dirname, "../e2e/pages");

/** A tus client in a page, and the service it uploads to. */
export interface TusPages extends AsyncDisposable {
  readonly service: TusService;
  readonly chromium: TestBrowser;
  /** The origin of the page. */
  readonly origin: string;
  /** Opens the page in a browser of its own. */
  open(): Promise<Page>;
}

export interface TusPagesOptions {
  /** The page's script: a file of `test/e2e/pages/`. */
  readonly script: string;
  readonly body: string;
  /** Whether the page comes from the service itself, or from another port. */
  readonly from: "same-origin" | "cross-origin";
  /** Whether the service names the page's origin in `CORS_ORIGINS`. */
  readonly allowed?: boolean;
}

export async function openTusPages(options: TusPagesOptions): Promise<TusPages> {
  const files = await bundle(options);
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    const file = files.get(pathname);
    const type = types[path.extname(pathname)] ?? "text/html; charset=utf-8";
    response.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file);
  };
  const elsewhere = createServer(serve);
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  const other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const service = await openTusService({
    fallback: async (request, response) => serve(request, response),
    env: options.allowed === true ? { CORS_ORIGINS: other } : {},
  });
  const chromium = await launchChromium();
  const origin = options.from === "same-origin" ? service.app.url : other;
  return {
    service,
    chromium,
    origin,
    async open() {
      const page = await chromium.open(origin);
      await page.goto("/");
      return page;
    },
    async [Symbol.asyncDispose]() {
      await chromium[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
      elsewhere.close();
      elsewhere.closeAllConnections();
      await once(elsewhere, "close");
    },
  };
}

const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css" };

async function bundle({
  script,
  body,
}: TusPagesOptions): Promise<Map<string, Uint8Array | string>> {
  const { outputFiles } = await build({
    entryPoints: [path.join(pages, script)],
    bundle: true,
    format: "esm",
    platform: "browser",
    outdir: "/",
    entryNames: "page",
    write: false,
  });
  const files = new Map<string, Uint8Array | string>();
  for (const file of outputFiles) files.set(`/${path.basename(file.path)}`, file.contents);
  const style = files.has("/page.css") ? `<link rel="stylesheet" href="/page.css">` : "";
  const head = `<!doctype html><meta charset="utf-8"><title>A page</title>${style}`;
  files.set("/", `${head}${body}<script type="module" src="/page.js"></script>`);
  return files;
}

/** Asks the page what its client has sent so far. */
export function sentBy(page: Page): Promise<readonly PageRequest[]> {
  return page.evaluate("gate.sent");
}

/** Waits until the gate holds `count` PATCHes. */
export async function holds(page: Page, count: number): Promise<void> {
  await page.waitForFunction(`gate.held >= ${count}`);
}
