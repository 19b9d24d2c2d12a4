import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { filesReady, openStage, patient } from "../support/e2e-stage.ts";

/** Maximum size of the compressed JavaScript of `/` in bytes. */
const SCRIPT_BUDGET = 190_000;

interface Transfer {
  readonly url: string;
  /** Bytes of the encoded body, and of the whole response with headers. */
  readonly body: number;
  readonly whole: number;
  readonly coding: string | undefined;
}

/** Records each script that `page` loads from now on. */
async function recordScripts(page: Page): Promise<Transfer[]> {
  const scripts: Transfer[] = [];
  const session = await page.context().newCDPSession(page);
  const pending = new Map<string, Omit<Transfer, "whole">>();
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type !== "Script") return;
    const headers = new Headers(response.headers);
    pending.set(requestId, {
      url: response.url,
      body: Number(headers.get("content-length")),
      coding: headers.get("content-encoding") ?? undefined,
    });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const script = pending.get(requestId);
    if (script !== undefined) scripts.push({ ...script, whole: encodedDataLength });
  });
  await session.send("Network.enable");
  return scripts;
}

/** The total number of bytes of all scripts. */
function sum(scripts: readonly Transfer[], part: "body" | "whole"): number {
  return scripts.reduce((total, script) => total + script[part], 0);
}

describe("the page /", patient, () => {
  it("loads at most 190 kB of compressed JavaScript", async () => {
    await using stage = await openStage();
    const first = await stage.signIn();
    // A new browser context has an empty cache.
    const storageState = await first.context().storageState();
    const page = await stage.visit("/api/health", { storageState });
    const scripts = await recordScripts(page);
    await page.goto(stage.url);
    await filesReady(page);
    await page.waitForLoadState("networkidle");
    const body = sum(scripts, "body");
    process.stdout.write(`JavaScript of /: ${body} bytes, ${sum(scripts, "whole")} with headers\n`);
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter(({ coding }) => coding !== "br")).toEqual([]);
    expect(scripts.filter(({ body: bytes }) => bytes === 0)).toEqual([]);
    expect(body).toBeLessThanOrEqual(SCRIPT_BUDGET);
  });
});
