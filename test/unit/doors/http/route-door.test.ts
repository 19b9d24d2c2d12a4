import { describe, expect, it } from "vitest";
import { UploadError } from "../../../../src/core/errors.ts";
import type { Authenticated, Credentials } from "../../../../src/core/ports/authenticator.ts";
import type { DoorResponse } from "../../../../src/doors/http/exchange.ts";
import { renderProblem } from "../../../../src/doors/http/render-error.ts";
import { createRouteDoor, type DoorCall } from "../../../../src/doors/http/route-door.ts";
import { doorRequest, jsonOf, unreadable } from "../../../support/door-request.ts";
import { recordingLog } from "../../../support/recording-log.ts";

const anybody: Authenticated = { principal: { kind: "anonymous" }, byCookie: false };
const ok: DoorResponse = { status: 200, headers: new Headers({ vary: "Accept" }), body: "fine" };

interface Options {
  sender?: Authenticated | null;
  handle?: (call: DoorCall) => Promise<DoorResponse>;
  override?: boolean;
}

function someDoor({ sender = anybody, handle = async () => ok, override = false }: Options = {}) {
  const log = recordingLog();
  const asked: Credentials[] = [];
  const door = createRouteDoor(
    {
      authenticate: async (credentials) => {
        asked.push(credentials);
        return sender;
      },
      config: { publicUrl: "https://public.example", corsOrigins: [] },
      log,
    },
    {
      methodsOf: ({ pathname }) => {
        if (pathname.includes("%")) throw new UploadError("INVALID_INPUT");
        return pathname === "/here" ? ["GET", "HEAD", "PUT", "POST"] : null;
      },
      handle,
      renderError: renderProblem,
      honoursMethodOverride: override,
    },
  );
  return { door, log, asked };
}

describe("a door", () => {
  it("returns 401 without a credential for every method and path, before the body is read", async () => {
    const { door } = someDoor({ sender: null });
    for (const method of ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "BREW"]) {
      for (const path of ["/here", "/nowhere", "/%zz"]) {
        const answer = await door(doorRequest(path, { method, body: unreadable }));
        expect(answer.status).toBe(401);
        expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      }
    }
  });

  it("passes both credentials to the authenticator", async () => {
    const { door, asked } = someDoor();
    await door(doorRequest("/here", { headers: { authorization: "Bearer x", cookie: "a=b" } }));
    expect(asked).toEqual([{ authorization: "Bearer x", cookie: "a=b" }]);
  });

  it("responds to OPTIONS without a credential", async () => {
    const answer = await someDoor({ sender: null }).door(
      doorRequest("/here", { method: "OPTIONS" }),
    );
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-methods")).toBe(
      "GET, HEAD, PUT, POST, OPTIONS",
    );
  });

  it("refuses a change by cookie from another site, before path and body", async () => {
    const { door } = someDoor({ sender: { ...anybody, byCookie: true } });
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    const answer = await door(
      doorRequest("/nowhere", { method: "PUT", headers, body: unreadable }),
    );
    expect(answer.status).toBe(403);
    expect(await jsonOf(answer)).toMatchObject({ code: "CROSS_ORIGIN" });
  });

  it("exempts bearers from the cross-site check", async () => {
    const headers = { "sec-fetch-site": "cross-site", origin: "https://other.example" };
    const answer = await someDoor().door(doorRequest("/here", { method: "PUT", headers }));
    expect(answer.status).toBe(200);
  });

  it("checks the overriding method only if it supports one", async () => {
    const sender = { ...anybody, byCookie: true };
    const headers = {
      "sec-fetch-site": "cross-site",
      origin: "https://evil.example",
      "x-http-method-override": "put",
    };
    const request = doorRequest("/here", { method: "GET", headers });
    expect((await someDoor({ sender, override: true }).door(request)).status).toBe(403);
    expect((await someDoor({ sender }).door(request)).status).toBe(200);
  });

  it("returns the methods of a path with 405", async () => {
    const answer = await someDoor().door(doorRequest("/here", { method: "DELETE" }));
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("GET, HEAD, PUT, POST, OPTIONS");
  });

  it("returns 404 for an unknown path and 400 for a malformed one", async () => {
    expect((await someDoor().door(doorRequest("/nowhere"))).status).toBe(404);
    expect((await someDoor().door(doorRequest("/%zz"))).status).toBe(400);
  });

  it("sets no-store unless the response sets Cache-Control, and CORS headers on errors too", async () => {
    const { door } = someDoor();
    const fine = await door(doorRequest("/here"));
    expect(fine.headers.get("cache-control")).toBe("no-store");
    expect(fine.headers.get("vary")).toBe("Accept, Origin");
    const kept: DoorResponse = { ...ok, headers: new Headers({ "cache-control": "private" }) };
    const other = await someDoor({ handle: async () => kept }).door(doorRequest("/here"));
    expect(other.headers.get("cache-control")).toBe("private");
    const lost = await door(doorRequest("/nowhere"));
    expect(lost.headers.get("cache-control")).toBe("no-store");
    expect(lost.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("returns no body for HEAD, not even for errors", async () => {
    const { door } = someDoor();
    expect((await door(doorRequest("/here", { method: "HEAD" }))).body).toBeNull();
    const lost = await door(doorRequest("/nowhere", { method: "HEAD" }));
    expect(lost).toMatchObject({ status: 404, body: null });
  });

  it("returns 503 for an unexpected failure and logs it without headers", async () => {
    const handle = () => Promise.reject(new TypeError("oops"));
    const { door, log } = someDoor({ handle });
    const answer = await door(
      doorRequest("/here?ticket=secret", { headers: { authorization: "Bearer secret" } }),
    );
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await jsonOf(answer)).toMatchObject({ code: "UNAVAILABLE" });
    expect(JSON.stringify(await jsonOf(answer))).not.toContain("oops");
    expect(log.entries).toMatchObject([{ level: "error", facts: { path: "/here" } }]);
    expect(JSON.stringify(log.entries)).not.toContain("secret");
  });

  it("does not log an error if the client disconnected", async () => {
    const handle = () => Promise.reject(new Error("aborted"));
    const { door, log } = someDoor({ handle });
    await door(doorRequest("/here", { signal: AbortSignal.abort() }));
    expect(log.entries.map(({ level }) => level)).toEqual(["debug"]);
  });

  it("responds even if authentication fails unexpectedly", async () => {
    const log = recordingLog();
    const door = createRouteDoor(
      {
        authenticate: () => Promise.reject(new UploadError("UNAVAILABLE")),
        config: { publicUrl: "https://public.example", corsOrigins: [] },
        log,
      },
      { methodsOf: () => ["GET"], handle: async () => ok, renderError: renderProblem },
    );
    expect((await door(doorRequest("/here"))).status).toBe(503);
    expect(log.entries.map(({ level }) => level)).toEqual(["warn"]);
  });

  it("builds URLs from the forwarded origin, otherwise from the public URL", async () => {
    const seen: string[] = [];
    const { door } = someDoor({
      handle: async ({ baseUrl }) => {
        seen.push(baseUrl);
        return ok;
      },
    });
    await door(doorRequest("/here"));
    await door(doorRequest("/here", { origin: "https://cdn.example" }));
    expect(seen).toEqual(["https://public.example", "https://cdn.example"]);
  });
});
