import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openConnection, send } from "../../support/http-client.ts";
import { spawnServer } from "../../support/spawn-server.ts";

const html = { accept: "text/html" };

/** 28 KB of parameters: Next took 4.6 seconds of CPU time for them. */
const manyParameters = `?${"a&".repeat(14_000)}`;

describe("in front of the pages", () => {
  it("refuses addresses with too many parameters, or too long ones, with 414", async () => {
    await using server = await spawnServer();
    const refused = [
      ...[
        "/",
        "/sign-in",
        "/nowhere",
        "/_next/image",
        "/_next/static/x.js",
        "/api/auth/session",
      ].map((path) => path + manyParameters),
      `/sign-in?${"a&".repeat(100)}`,
      `/sign-in?a=${"x".repeat(2_100)}`,
      `/api/auth/callback/github?code=${"x".repeat(8_200)}`,
      `/${"x".repeat(2_100)}`,
      `/x${"/".repeat(12_000)}x`,
    ];
    for (const path of refused) {
      const answer = await send(server.url + path, { headers: html });
      expect([path.slice(0, 40), answer.status]).toEqual([path.slice(0, 40), 414]);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.json()).toMatchObject({ status: 414, code: "INVALID_INPUT" });
    }
    const taken = [`/sign-in?${"a&".repeat(99)}`, `/api/auth/session?code=${"x".repeat(8_000)}`];
    for (const path of taken) expect((await send(server.url + path)).status).toBe(200);
  });

  it("gives Next only paths that exist", async () => {
    await using server = await spawnServer();
    const missing = [
      "/_next/image?url=%2Ficon.svg&w=64&q=75",
      "/_next/data/x/index.json",
      "/_next/static/chunks/none.js",
      "/_next/static/chunks/../../../package.json",
      "/_not-found",
      "/_global-error",
      "/api/nothing",
      "/api/auth",
      "/nowhere",
      "/favicon.ico",
      "/sign-in.rsc",
    ];
    for (const path of missing) {
      const answer = await send(server.url + path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.json()).toMatchObject({ code: "NOT_FOUND" });
    }
    for (const path of ["/sign-in", "/sign-in/", "/icon.svg", "/api/auth/providers"]) {
      expect([path, (await send(server.url + path)).status]).toEqual([path, 200]);
    }
  });

  it("shows people that there is nothing at an address", async () => {
    await using server = await spawnServer();
    for (const path of ["/nowhere", "/no/such/page?a=1", "/_not-found"]) {
      const answer = await send(server.url + path, { headers: html });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body.toString()).toContain("Page not found");
    }
  });

  it("takes nothing but GET and HEAD for pages", async () => {
    await using server = await spawnServer();
    for (const [path, allow] of [
      ["/", "GET, HEAD"],
      ["/sign-in", "GET, HEAD"],
      ["/api/auth/session", "GET, HEAD, POST"],
    ] as const) {
      const headers = { "next-action": "x", "content-type": "text/plain" };
      const method = path.startsWith("/api") ? "PUT" : "POST";
      const answer = await send(server.url + path, { method, headers, body: "[]" });
      expect([path, answer.status, answer.headers.allow]).toEqual([path, 405, allow]);
    }
    expect((await send(`${server.url}/sign-in`, { method: "HEAD" })).status).toBe(200);
  });

  it("keeps a request target on another host or with two slashes away from Next", async () => {
    await using server = await spawnServer();
    for (const target of ["http://evil.example/sign-in", "//evil.example/sign-in"]) {
      await using line = await openConnection(server.url);
      await line.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await line.waitFor("\r\n\r\n")).not.toContain("location:");
    }
  });

  it("refuses more headers than a page needs", async () => {
    await using server = await spawnServer();
    const headers = { cookie: "a=".repeat(15_900) };
    expect((await send(`${server.url}/sign-in`, { headers })).status).toBe(431);
  });
});

describe("what travels compressed", () => {
  it("are built files, as they were compressed at build time, for ever", async () => {
    await using server = await spawnServer();
    const page = await send(`${server.url}/sign-in`);
    const path = /\/_next\/static\/[^"]+\.js/.exec(page.body.toString())?.[0];
    const get = (coding: string, more = {}) =>
      send(`${server.url}${path}`, { headers: { "accept-encoding": coding, ...more } });
    const plain = await get("identity");
    const br = await get("gzip, br");
    const gzip = await get("gzip, br;q=0");
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(br.headers).toMatchObject({
      "content-encoding": "br",
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "Accept-Encoding",
      "x-content-type-options": "nosniff",
    });
    expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(new Set([plain, br, gzip].map(({ headers }) => headers.etag)).size).toBe(3);
    const again = await get("br", { "if-none-match": br.headers.etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it("are pages, unless another site caused the request", async () => {
    await using server = await spawnServer();
    const get = (headers: Record<string, string>) => send(`${server.url}/sign-in`, { headers });
    const br = await get({ "accept-encoding": "br" });
    expect(br.headers["content-encoding"]).toBe("br");
    expect(br.headers.vary).toContain("Accept-Encoding");
    expect(brotliDecompressSync(br.body).toString()).toContain("Sign in");
    const rsc = await send(`${server.url}/sign-in?_rsc`, {
      headers: { "accept-encoding": "gzip", rsc: "1" },
    });
    expect(rsc.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": expect.stringContaining("text/x-component"),
    });
    const foreign = await get({ "accept-encoding": "br", "sec-fetch-site": "cross-site" });
    expect(foreign.headers).not.toHaveProperty("content-encoding");
    const csrf = await send(`${server.url}/api/auth/csrf`, {
      headers: { "accept-encoding": "br" },
    });
    expect(csrf.headers).not.toHaveProperty("content-encoding");
  });
});
