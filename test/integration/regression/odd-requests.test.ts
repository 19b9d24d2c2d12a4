import { describe, expect, it } from "vitest";
import { requestUrl } from "../../../src/server/request-url.ts";
import { bootApp } from "../../support/boot-app.ts";
import { openConnection, send } from "../../support/http-client.ts";

describe("requests that no client of ours sends", () => {
  it.each([
    ["", 200],
    ["a:b@c", 400],
    ["x/y?z#", 400],
    ["[", 400],
  ])("with Host %j are never a server error", async (host, status) => {
    await using app = await bootApp();
    const headers = { authorization: `Bearer ${await app.token()}`, host };
    expect((await send(`${app.url}/api/trpc/uploads.list`, { headers })).status).toBe(status);
  });

  it.each(["http://host//evil.example/api/uploads/x", "/\\evil.example/api/uploads/x"])(
    "never name another host by their path: %s",
    (url) => {
      const found = requestUrl({ url, headers: { host: "here" } });
      expect(found?.href).toBe("http://here//evil.example/api/uploads/x");
    },
  );

  it("are refused in a transfer coding that the server does not decode", async () => {
    await using app = await bootApp();
    const upload = await app.client(await app.token()).uploads.init.mutate({ filename: "a" });
    await using line = await openConnection(app.url);
    const lines = [
      ...[`PATCH /api/tus/${upload.id} HTTP/1.1`, "host: x", "tus-resumable: 1.0.0"],
      ...[`authorization: Bearer ${await app.token()}`, "upload-offset: 0"],
      ...["content-type: application/offset+octet-stream", "transfer-encoding: gzip, chunked"],
    ];
    await line.write(`${lines.join("\r\n")}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
    expect(await line.waitFor("\r\n\r\n")).toContain("HTTP/1.1 415");
    const { offset } = await app.client(await app.token()).uploads.status.query({ id: upload.id });
    expect(offset).toBe(0);
  });

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
