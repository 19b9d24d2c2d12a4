import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Lets 200 MB of buffers pass in a process of its own; answers the most that lay there at a time, in MB. */
async function mostOfPassing(suited: boolean): Promise<number> {
  const script = path.join(import.meta.dirname, "../support/pass-buffers.ts");
  const args = ["--import", "tsx", script, String(suited)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

describe("the collector of a process that serves", () => {
  it("leaves less of what passed through lying about than V8 would", async () => {
    const [ours, theirs] = await Promise.all([mostOfPassing(true), mostOfPassing(false)]);
    expect(ours).toBeLessThan(theirs);
    expect(ours).toBeLessThan(20);
  });
});
