import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { filesReady, openStage, patient } from "../support/e2e-stage.ts";

/** Bytes of compressed JavaScript that `/` may take. */
const SCRIPT_BUDGET = 190_000;

interface Transfer {
  readonly url: string;
  /** Bytes of the body as it travels, and with the headers of the response. */
  readonly body: number;
  readonly whole: number;
  readonly coding: string | undefined;
}

/** Notes each script that `page` fetches from now on. */
async function noteScripts(page: Page): Promise<Transfer[]> {
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

/** The sum of a number of bytes over all scripts. */
function sum(scripts: readonly Transfer[], part: "body" | "whole"): number {
  return scripts.reduce((total, script) => total + script[part], 0);
}

describe("the page of the files", patient, () => {
  it("takes at most 190 kB of JavaScript over the network", async () => {
    await using stage = await openStage();
    const first = await stage.signIn();
    // A profile of its own has nothing cached.
    const storageState = await first.context().storageState();
    const page = await stage.visit("/api/health", { storageState });
    const scripts = await noteScripts(page);
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
