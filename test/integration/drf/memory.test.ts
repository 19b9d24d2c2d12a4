import { describe, expect, it } from "vitest";
import { forgetPeak, memoryOf } from "../../bench/children.ts";
import { DrfClient } from "../../support/drf-client.ts";
import { formOf, madeUpBytes } from "../../support/form-sender.ts";
import { send } from "../../support/http-client.ts";
import { spawnServer } from "../../support/spawn-server.ts";

const MIB = 2 ** 20;

/** Sends a chunk in a form, generated while it is sent; returns the status. */
async function sendChunk(drf: DrfClient, size: number): Promise<number> {
  const form = formOf([{ name: "file", filename: "a", body: madeUpBytes(size) }]);
  const range = { "content-range": `bytes 0-${size - 1}/${size}` };
  const headers = { ...drf.headers, ...form.headers, ...range };
  return (await send(drf.at, { method: "PUT", headers, body: form.body() })).status;
}

// `npm run bench:forms` measures 1 GiB.
describe.skipIf(process.platform !== "linux")("a large chunk in a form", () => {
  it("is not buffered in memory", async () => {
    await using server = await spawnServer();
    const drf = DrfClient.by(server.url, await server.token());
    // Code and heap of the first request belong to the baseline.
    for (let index = 0; index < 2; index += 1) {
      expect(await sendChunk(drf, 32 * MIB)).toBe(200);
    }
    const { now } = memoryOf(server.pid);
    forgetPeak(server.pid);
    expect(await sendChunk(drf, 384 * MIB)).toBe(200);
    // Buffered, it would need at least 384 MiB.
    expect(memoryOf(server.pid).peak - now).toBeLessThan(64);
  });
});
