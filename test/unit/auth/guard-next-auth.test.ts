import { describe, expect, it } from "vitest";
import { authBench } from "../../support/auth-bench.ts";
import { NextAuthBrowser } from "../../support/next-auth-browser.ts";

const browser = () => new NextAuthBrowser(authBench().auth.nextAuthOptions);
const json = "application/json";

describe("requests to NextAuth", () => {
  it("never get a 500, whatever they carry", async () => {
    const asks = [
      browser().get("callback/credentials"),
      browser().get("csrf?callbackUrl=http://"),
      browser().get("signin?callbackUrl=%E0%A4%A"),
      browser().get("callback/credentials?callbackUrl=javascript:alert(1)"),
      browser().get("nonsense/../x"),
      browser().get("__proto__/constructor"),
      browser().post("signin/nobody"),
      browser().post("signin/credentials"),
      browser().post("callback/oidc", { body: "{", type: json }),
      browser().post("callback/credentials", { body: "null", type: json }),
      browser().post("callback/credentials", { body: "[]", type: json }),
      browser().post("callback/credentials", {
        body: JSON.stringify({ callbackUrl: {}, csrfToken: [1], email: {}, password: 7 }),
        type: json,
      }),
      browser().post("session", { body: "{}", type: json }),
    ];
    for (const { status } of await Promise.all(asks)) expect(status).toBeLessThan(500);
  });

  it("with a bad callback cookie are refused, and lose the cookie", async () => {
    const visitor = browser();
    visitor.cookies.set("next-auth.callback-url", "nonsense");
    const refused = await visitor.get("csrf");
    expect(refused.status).toBe(400);
    expect(refused.json).toMatchObject({ code: "INVALID_INPUT", status: 400 });
    expect((await visitor.get("csrf")).status).toBe(200);
  });

  it("may not be large, nor write into the log", async () => {
    const large = await browser().post("callback/credentials", { body: "a".repeat(2 ** 20) });
    expect([large.status, large.json.code]).toEqual([413, "BODY_TOO_LARGE"]);
    const log = await browser().post("_log", { body: '{"level":"error"}', type: json });
    expect(log.status).toBe(404);
  });

  it("need NextAuth's token against forged forms to sign in", async () => {
    const visitor = browser();
    const form = { email: "ada@example.com", password: "x", csrfToken: "forged", json: "true" };
    const answer = await visitor.post("callback/credentials", { form });
    expect(answer.json.url).toContain("csrf=true");
    expect(visitor.cookie).not.toContain("session-token");
  });

  it("that fail internally are reported to the operator only", async () => {
    const bench = authBench();
    const visitor = new NextAuthBrowser({
      ...bench.auth.nextAuthOptions,
      callbacks: {
        redirect: () => {
          throw new Error("secret detail");
        },
      },
    });
    const answer = await visitor.get("csrf?callbackUrl=/");
    expect([answer.status, answer.json.code]).toEqual([503, "UNAVAILABLE"]);
    expect(JSON.stringify(answer.json)).not.toContain("secret");
    expect(visitor.reported).toHaveLength(1);
  });

  it("for an error show it on the sign-in page", async () => {
    const { location } = await browser().get("error?error=RateLimited.3");
    expect(location).toBe("/sign-in?error=RateLimited.3");
  });
});
