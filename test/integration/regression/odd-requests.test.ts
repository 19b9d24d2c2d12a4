import { describe, expect, it } from "vitest";
import { requestUrl } from "../../../src/server/request-url.ts";
import { bootApp } from "../../support/boot-app.ts";
import { send } from "../../support/http-client.ts";

describe("requests that no client of ours sends", () => {
  it.each(["a:b@c", "x/y?z#", "[", ""])("are served whatever Host says: %j", async (host) => {
    await using app = await bootApp();
    const headers = { authorization: `Bearer ${await app.token()}`, host };
    expect((await send(`${app.url}/api/trpc/uploads.list`, { headers })).status).toBe(200);
  });

  it.each(["http://host//evil.example/api/uploads/x", "/\\evil.example/api/uploads/x"])(
    "never name another host by their path: %s",
    (url) => {
      const found = requestUrl({ url, headers: { host: "here" } });
      expect(found?.href).toBe("http://here//evil.example/api/uploads/x");
    },
  );

  it("may bring a control request byte by byte", async () => {
    await using app = await bootApp();
    const text = JSON.stringify({ json: { filename: `${"x".repeat(1_000)}.bin`, metadata: {} } });
    const padded = Buffer.from(text.padEnd(30_000));
    const answer = await send(`${app.url}/api/trpc/uploads.init`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${await app.token()}`,
        "content-type": "application/json",
        "transfer-encoding": "chunked",
      },
      body: (async function* () {
        for (let at = 0; at < padded.length; at += 1) yield padded.subarray(at, at + 1);
      })(),
    });
    expect(answer.json()).toMatchObject({ result: { data: { json: { chunkSize: 8_388_608 } } } });
  });
});
