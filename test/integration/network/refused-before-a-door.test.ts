import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { openConnection } from "../../support/http-client.ts";

const ORIGIN = "https://app.example";

/** A request that no door sees, without the blank line at its end. */
interface Early {
  readonly name: string;
  readonly status: number;
  readonly head: (path: string) => string[];
  readonly body?: string;
}

const early: readonly Early[] = [
  { name: "a malformed path", status: 400, head: (path) => [`GET ${path}/%zz HTTP/1.1`] },
  {
    ...{ name: "an unknown transfer coding", status: 415 },
    head: (path) => [`PATCH ${path}/x HTTP/1.1`, "Transfer-Encoding: gzip, chunked"],
    body: "0\r\n\r\n",
  },
  {
    ...{ name: "an unknown expectation", status: 417 },
    head: (path) => [`PATCH ${path}/x HTTP/1.1`, "Expect: a-miracle"],
  },
  {
    ...{ name: "two hosts", status: 400 },
    head: (path) => [`GET ${path}/x HTTP/1.1`, "Host: other.example"],
  },
  {
    ...{ name: "a malformed header", status: 400 },
    head: (path) => [`GET ${path}/x HTTP/1.1`, "no colon"],
  },
  {
    ...{ name: "headers that are too long", status: 431 },
    head: (path) => [`GET ${path}/x HTTP/1.1`, `X-Long: ${"x".repeat(300_000)}`],
  },
];

async function refusalOf({ head, body = "" }: Early, path: string): Promise<string> {
  await using app = await bootApp({ env: { CORS_ORIGINS: ORIGIN } });
  await using line = await openConnection(app.url);
  const [first, ...rest] = head(path);
  const lines = [first, "Host: localhost", `Origin: ${ORIGIN}`, ...rest];
  line.socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
  await line.ended();
  return line.received();
}

describe("a request that is refused before any door", () => {
  it.each(early)("is readable for a page of another origin: $name", async (request) => {
    const response = await refusalOf(request, "/api/tus");
    expect(response).toContain(`HTTP/1.1 ${request.status} `);
    expect(response).toMatch(/^access-control-allow-origin: \S+\r$/im);
    expect(response).toMatch(/^tus-resumable: 1\.0\.0\r$/im);
    expect(response).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(response).toContain(`"status":${request.status}`);
  });

  it.each(early.filter(({ status }) => status !== 431))(
    "may be sent with a cookie by a page that CORS_ORIGINS names: $name",
    async (request) => {
      const response = await refusalOf(request, "/api/uploads");
      expect(response).toMatch(/^access-control-allow-origin: https:\/\/app\.example\r$/im);
      expect(response).toMatch(/^access-control-allow-credentials: true\r$/im);
      expect(response).not.toMatch(/^tus-resumable/im);
    },
  );

  it("is readable when its headers did not arrive in time", async () => {
    await using app = await bootApp();
    const accepted = once(app.server, "connection");
    await using line = await openConnection(app.url);
    const [socket] = (await accepted) as [Socket];
    await line.write("PATCH /api/tus/x HTTP/1.1\r\nHost: localhost\r\n");
    // As Node does when its check of all connections finds one past `headersTimeout`.
    const late = Object.assign(new Error("late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    app.server.emit("clientError", late, socket);
    const response = await line.waitFor("}");
    expect(response).toContain("HTTP/1.1 408 ");
    expect(response).toMatch(/^access-control-allow-origin: \*\r$/im);
    expect(response).toMatch(/^tus-resumable: 1\.0\.0\r$/im);
  });

  it("has tRPC's shape of an error below tRPC's path", async () => {
    const [malformed] = early;
    const response = malformed === undefined ? "" : await refusalOf(malformed, "/api/trpc");
    expect(response).toContain('{"error":{"json":');
    expect(response).toContain('"code":"INVALID_INPUT"');
  });
});
