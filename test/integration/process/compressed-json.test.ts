import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { chunkHeaders, send } from "../../support/http-client.ts";

const list = "/api/trpc/uploads.list";

async function withUploads(count: number): Promise<BootedApp & { token(): Promise<string> }> {
  const app = await bootApp();
  const { uploads } = app.client(await app.token());
  for (let index = 0; index < count; index += 1) {
    await uploads.init.mutate({ filename: `upload ${index}`, size: 10 });
  }
  return app;
}

describe("JSON of the control calls", () => {
  it("is compressed when it is long and the client takes it", async () => {
    await using app = await withUploads(5);
    const authorization = `Bearer ${await app.token()}`;
    const plain = await send(app.url + list, { headers: { authorization } });
    const headers = { authorization, "accept-encoding": "gzip, deflate, br" };
    const br = await send(app.url + list, { headers });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(plain.headers.vary).toContain("Accept-Encoding");
    expect(br.headers).toMatchObject({
      "content-encoding": "br",
      "content-type": "application/json",
    });
    expect(br.headers.vary).toContain("Accept-Encoding");
    expect(brotliDecompressSync(br.body).toString()).toBe(plain.body.toString());
    const client = app.client(await app.token());
    expect((await client.uploads.list.query({})).items).toHaveLength(5);
  });

  it("is not compressed for POST, for another site, or when it is short", async () => {
    await using app = await withUploads(5);
    const headers = { authorization: `Bearer ${await app.token()}`, "accept-encoding": "br" };
    const foreign = { ...headers, "sec-fetch-site": "cross-site" };
    const post = {
      ...headers,
      "x-http-method-override": "GET",
      "content-type": "application/json",
    };
    const body = JSON.stringify({ json: {} });
    for (const answer of [
      await send(app.url + list, { headers: foreign }),
      await send(app.url + list, { method: "POST", headers: post, body }),
      await send(`${app.url}/api/health`, { headers }),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty("content-encoding");
    }
  });

  it("is the only thing of the doors that is: files and events travel as they are", async () => {
    await using app = await bootApp();
    const token = await app.token();
    const bytes = Buffer.from("a".repeat(100_000));
    const { uploads } = app.client(token);
    const { id } = await uploads.init.mutate({
      ...{ filename: "a.json", size: bytes.length, contentType: "application/json" },
    });
    await send(`${app.url}/api/uploads/${id}`, {
      method: "PUT",
      headers: chunkHeaders(token, { start: 0, length: bytes.length, total: bytes.length }),
      body: bytes,
    });
    const { prefix } = await uploads.status.query({ id });
    await uploads.complete.mutate({ id, checksum: prefix?.checksum });
    const headers = { authorization: `Bearer ${token}`, "accept-encoding": "br, gzip" };
    const file = await send(`${app.url}/api/uploads/${id}/file`, { headers });
    expect(file.headers).not.toHaveProperty("content-encoding");
    expect(file.headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(file.body.equals(bytes)).toBe(true);
    const events = await send(`${app.url}/api/trpc/uploads.watch`, {
      headers: { ...headers, accept: "text/event-stream" },
    });
    expect(events.headers["content-type"]).toContain("text/event-stream");
    expect(events.headers).not.toHaveProperty("content-encoding");
  });
});
