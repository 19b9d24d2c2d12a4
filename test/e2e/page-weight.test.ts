import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { filesReady, openStage, patient } from "../support/e2e-stage.ts";

/** Bytes of JavaScript that `/` may take over the network. */
const SCRIPT_BUDGET = 190_000;

interface Transfer {
  readonly url: string;
  /** Bytes on the network, headers included. */
  readonly bytes: number;
  readonly coding: string | undefined;
}

/** Notes each script that `page` fetches from now on. */
async function noteScripts(page: Page): Promise<Transfer[]> {
  const scripts: Transfer[] = [];
  const session = await page.context().newCDPSession(page);
  const pending = new Map<string, Omit<Transfer, "bytes">>();
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type !== "Script") return;
    const headers = Object.entries(response.headers);
    const coding = headers.find(([name]) => name.toLowerCase() === "content-encoding")?.[1];
    pending.set(requestId, { url: response.url, coding });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const script = pending.get(requestId);
    if (script !== undefined) scripts.push({ ...script, bytes: encodedDataLength });
  });
  await session.send("Network.enable");
  return scripts;
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
    const total = scripts.reduce((sum, { bytes }) => sum + bytes, 0);
    process.stdout.write(`JavaScript of /: ${total} bytes in ${scripts.length} files\n`);
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter(({ coding }) => coding !== "br")).toEqual([]);
    expect(total).toBeLessThanOrEqual(SCRIPT_BUDGET);
  });
});
