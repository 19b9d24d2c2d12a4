import { describe, expect, it } from "vitest";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { inRequest } from "../../../src/server/request-scope.ts";
import { authBench } from "../../support/auth-bench.ts";
import { NextAuthBrowser } from "../../support/next-auth-browser.ts";
import { startOidcIssuer } from "../../support/oidc-issuer.ts";

const email = "ada@example.com";
const password = "correct horse battery";

async function ada() {
  const bench = authBench({ loginRate: { points: 3, durationMs: 60_000 } });
  const { id } = await bench.auth.users.create({ email, password });
  const browser = () => new NextAuthBrowser(bench.auth.nextAuthOptions, bench.settings.publicUrl);
  return { bench, id, browser };
}

describe("audit lines", () => {
  it("tell sign-ins, failed ones and sign-outs, and hold no secret", async () => {
    const { bench, id, browser } = await ada();
    const own = browser();
    const from = { provider: "credentials", address: "192.0.2.1" };
    const failed = { audit: "sign-in-failed", principal: null, ...from };
    await own.submit("callback/credentials", { email, password });
    await own.submit("signout", {});
    const typed = { email: "a-password-typed-here@example.com", password: "a wrong password" };
    await browser().submit("callback/credentials", { email, password: typed.password });
    await browser().submit("callback/credentials", typed);
    await bench.auth.users.update({ id, disabled: true });
    await browser().submit("callback/credentials", { email, password });
    for (let n = 0; n < 2; n += 1)
      await browser().submit("callback/credentials", { email, password });
    expect(bench.audited).toEqual([
      { audit: "sign-in", principal: id, ...from },
      { audit: "sign-out", principal: id },
      { ...failed, subjectId: id, reason: "wrong-password" },
      { ...failed, subjectId: undefined, reason: "unknown-user" },
      { ...failed, subjectId: id, reason: "disabled" },
      { ...failed, subjectId: id, reason: "disabled" },
      { ...failed, reason: "rate-limited" },
    ]);
    expect(JSON.stringify(bench.audited)).not.toMatch(/typed-here|a wrong|horse/);
  });

  it("name the request, also where NextAuth calls them", async () => {
    const { bench, id, browser } = await ada();
    const own = browser();
    await inRequest("in-1", () => own.submit("callback/credentials", { email, password }));
    await inRequest("out-1", () => own.submit("signout", {}));
    expect(bench.audited).toMatchObject([
      { audit: "sign-in", principal: id, requestId: "in-1" },
      { audit: "sign-out", principal: id, requestId: "out-1" },
    ]);
  });

  it("name the request of a sign-in by a provider", async () => {
    await using issuer = await startOidcIssuer();
    const oidc = { clientId: "client", clientSecret: "secret", issuer: issuer.issuer };
    const bench = authBench({ oidc });
    const { id } = bench.add({ email });
    const browser = new NextAuthBrowser(bench.auth.nextAuthOptions);
    for (const [sub, address] of Object.entries({ 42: email, 43: "bob@example.com" })) {
      issuer.person.idToken = { sub, email: address, email_verified: true };
      const { json } = await browser.submit("signin/oidc", { callbackUrl: "/" });
      const back = issuer.visit(String(json.url));
      await inRequest(`from-${sub}`, () => browser.get(back));
    }
    expect(bench.audited).toMatchObject([
      { audit: "sign-in", provider: "oidc", principal: id, requestId: "from-42" },
      {
        ...{ audit: "sign-in-failed", provider: "oidc", principal: null, requestId: "from-43" },
        reason: "SignupClosed",
      },
    ]);
  });

  it("tell tokens made and revoked, and by whom, without the token", async () => {
    const { bench, id } = await ada();
    const owner: UserPrincipal = {
      ...{ kind: "user", id, email, role: "user", via: "session" },
      credential: { kind: "session", id: "s", tokenVersion: 0 },
    };
    const { id: tokenId, token } = await bench.auth.tokens.create(owner, { name: "script" });
    await bench.auth.tokens.revoke(owner, tokenId);
    await bench.auth.tokens.revokeAll({ ...owner, credential: undefined });
    expect(bench.audited).toEqual([
      { audit: "token-created", principal: id, ownerId: id, tokenId },
      { audit: "token-revoked", principal: id, ownerId: id, tokenId },
      {
        audit: "all-revoked",
        principal: "operator",
        ownerId: id,
        counts: { tokens: 0, sessions: 0 },
      },
    ]);
    expect(JSON.stringify(bench.audited)).not.toContain(token.slice(3, 10));
  });
});
