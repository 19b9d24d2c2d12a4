import { describe, expect, it } from "vitest";
import { alice, trpcBench, UPLOAD_ID } from "./trpc-door-bench.ts";
import { errorOf } from "./wire-error.ts";

const STATUS = `/api/trpc/uploads.status?input=${encodeURIComponent(JSON.stringify({ json: { id: UPLOAD_ID } }))}`;

describe("access to the tRPC door", () => {
  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])(
    "refuses %s without a credential before any other check",
    async (method) => {
      const paths = [
        "/api/trpc/uploads.status",
        "/api/trpc/uploads.watch",
        "/api/trpc/nothing",
        "/api/trpc/a,b?batch=1",
      ];
      for (const path of paths) {
        const answer = await trpcBench().send(path, { method, principal: null });
        expect(answer.status).toBe(401);
        expect(answer.headers.get("www-authenticate")).toBe("Bearer");
        if (method !== "HEAD")
          expect((await errorOf(answer)).data.upload.code).toBe("UNAUTHENTICATED");
      }
    },
  );

  it("returns UNAUTHENTICATED in every call of a batch", async () => {
    const { uploads } = trpcBench().client(null);
    for (const asked of await Promise.allSettled([uploads.list.query(), uploads.list.query()])) {
      expect(asked).toMatchObject({ reason: { data: { upload: { code: "UNAUTHENTICATED" } } } });
    }
  });

  it("refuses changes by cookie from another site, before the body is read", async () => {
    const bench = trpcBench({ byCookie: true, service: { remove: async () => undefined } });
    const body = JSON.stringify({ json: { id: UPLOAD_ID } });
    const ask = (headers: Record<string, string>) =>
      bench.send("/api/trpc/uploads.delete", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      });
    const refused = await ask({ "sec-fetch-site": "cross-site", origin: "https://evil.example" });
    expect([refused.status, (await errorOf(refused)).data.upload.code]).toEqual([
      403,
      "CROSS_ORIGIN",
    ]);
    expect((await ask({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect(
      (await ask({ "sec-fetch-site": "cross-site", origin: "https://app.example" })).status,
    ).toBe(200);
  });

  it("responds to preflights, and to other origins with CORS headers", async () => {
    const bench = trpcBench();
    const preflight = await bench.send("/api/trpc/uploads.init", {
      method: "OPTIONS",
      principal: null,
      headers: {
        origin: "https://app.example",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(preflight.headers.get("access-control-allow-headers")).toBe(
      "authorization,content-type",
    );
    const foreign = await bench.send(STATUS, { headers: { origin: "https://evil.example" } });
    expect(foreign.headers.get("access-control-allow-origin")).toBe("*");
    expect(foreign.headers.get("vary")?.toLowerCase()).toContain("origin");
    expect(foreign.headers.get("cache-control")).toBe("no-store");
  });

  it("authenticates a batch once", async () => {
    let asked = 0;
    const bench = trpcBench({
      deps: {
        authenticate: async () => {
          asked += 1;
          return { principal: alice, byCookie: false };
        },
      },
    });
    const { uploads } = bench.client();
    await Promise.all([1, 2, 3].map(() => uploads.status.query({ id: UPLOAD_ID })));
    expect(asked).toBe(1);
  });
});
