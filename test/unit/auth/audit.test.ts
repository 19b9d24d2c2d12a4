import { describe, expect, it } from "vitest";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { authBench } from "../../support/auth-bench.ts";
import { NextAuthBrowser } from "../../support/next-auth-browser.ts";

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
    const from = { provider: "credentials", address: "192.0.2.1", requestId: undefined };
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
      { audit: "sign-in", userId: id, ...from },
      { audit: "sign-out", userId: id },
      { audit: "sign-in-failed", userId: id, reason: "wrong-password", ...from },
      { audit: "sign-in-failed", userId: undefined, reason: "unknown-user", ...from },
      { audit: "sign-in-failed", userId: id, reason: "disabled", ...from },
      { audit: "sign-in-failed", userId: id, reason: "disabled", ...from },
      { audit: "sign-in-failed", reason: "rate-limited", ...from },
    ]);
    expect(JSON.stringify(bench.audited)).not.toMatch(/typed-here|a wrong|horse/);
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
      { audit: "token-created", userId: id, ownerId: id, tokenId },
      { audit: "token-revoked", userId: id, ownerId: id, tokenId },
      { audit: "all-revoked", userId: "operator", ownerId: id, counts: { tokens: 0, sessions: 0 } },
    ]);
    expect(JSON.stringify(bench.audited)).not.toContain(token.slice(3, 10));
  });
});
