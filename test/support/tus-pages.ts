import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { launchChromium, type TestBrowser } from "./client-pages.ts";
import { openTusService, type TusService } from "./tus-service.ts";

const root = path.resolve(import.meta.dirname, "../..");

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
  /** The page's script, as a module of this project. */
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
    stdin: { contents: script, resolveDir: root, sourcefile: "page.js" },
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

/** A request of the client, as the page notes it down. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  readonly offset: number | null;
}

/** Asks the page what its client has sent so far. */
export function sentBy(page: Page): Promise<readonly PageRequest[]> {
  return page.evaluate("globalThis.sent");
}

/**
 * Script of a page: notes down requests in `sent`, and lets so many PATCHes pass as `letPass(n)`
 * said; those that wait when it is said again never leave.
 */
export const gateScript = `
globalThis.sent = [];
let left = Infinity;
let turn = 0;
globalThis.letPass = (count) => { left = count; turn += 1; };
globalThis.held = 0;
export async function beforeRequest(request) {
  const method = request.getMethod();
  if (method === "PATCH") {
    const mine = turn;
    if (left <= 0) globalThis.held += 1;
    while (left <= 0 || mine !== turn) await new Promise((resolve) => setTimeout(resolve, 20));
    left -= 1;
  }
  const offset = request.getHeader("Upload-Offset");
  const noted = offset === undefined ? null : Number(offset);
  globalThis.sent.push({ method, url: request.getURL(), offset: noted });
}
`;
