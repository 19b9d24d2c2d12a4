import { describe, expect, it } from "vitest";
import { forgetPeak, memoryOf } from "../../bench/children.ts";
import { DrfClient } from "../../support/drf-client.ts";
import { formOf, madeUpBytes } from "../../support/form-sender.ts";
import { send } from "../../support/http-client.ts";
import { spawnServer } from "../../support/spawn-server.ts";

const MIB = 2 ** 20;

/** A chunk in a form, made up as it is sent; its answer's status. */
async function sendChunk(drf: DrfClient, size: number): Promise<number> {
  const form = formOf([{ name: "file", filename: "a", body: madeUpBytes(size) }]);
  const range = { "content-range": `bytes 0-${size - 1}/${size}` };
  const headers = { ...drf.headers, ...form.headers, ...range };
  return (await send(drf.at, { method: "PUT", headers, body: form.body() })).status;
}

// The full measure, of 1 GiB, is `npm run bench:forms`.
describe.skipIf(process.platform !== "linux")("a large chunk in a form", () => {
  it("is neither held in memory nor gathered", async () => {
    await using server = await spawnServer();
    const drf = DrfClient.by(server.url, await server.token());
    // What is loaded and grown once belongs to an idle server.
    for (let index = 0; index < 2; index += 1) {
      expect(await sendChunk(drf, 32 * MIB)).toBe(200);
    }
    const { now } = memoryOf(server.pid);
    forgetPeak(server.pid);
    expect(await sendChunk(drf, 384 * MIB)).toBe(200);
    // Held or gathered it would be 384 MiB and more.
    expect(memoryOf(server.pid).peak - now).toBeLessThan(64);
  });
});
