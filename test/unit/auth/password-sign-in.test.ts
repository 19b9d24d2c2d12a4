import { describe, expect, it } from "vitest";
import { createMemoryFailureCounts } from "../../../src/adapters/memory/memory-failure-counts.ts";
import { randomIds } from "../../../src/adapters/node/ids.ts";
import { createLoginAttempts } from "../../../src/auth/login-attempts.ts";
import { createPasswords } from "../../../src/auth/passwords.ts";
import { peerKey } from "../../../src/auth/peer-address.ts";
import { type AuthBench, authBench } from "../../support/auth-bench.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { NextAuthBrowser } from "../../support/next-auth-browser.ts";

const email = "ada@example.com";
const password = "correct horse battery";

async function benchWithAda(settings: Parameters<typeof authBench>[0] = {}): Promise<AuthBench> {
  const bench = authBench(settings);
  await bench.auth.users.create({ email, name: "Ada", password });
  return bench;
}
const browserOf = (bench: AuthBench) =>
  new NextAuthBrowser(bench.auth.nextAuthOptions, bench.settings.publicUrl);
const errorOf = (answer: { json: Record<string, unknown> }) =>
  new URL(String(answer.json.url)).searchParams.get("error");
const signIn = (
  browser: NextAuthBrowser,
  given: { email: string; password: string },
  peer?: string,
) => browser.submit("callback/credentials", given, peer);

function attemptsAt(rate: { points: number; durationMs: number }, clock: ManualClock) {
  return createLoginAttempts(rate, { counts: createMemoryFailureCounts(clock), clock });
}

describe("signing in by password", () => {
  it("gives a session that authenticates and that tells who it is", async () => {
    const bench = await benchWithAda();
    const browser = browserOf(bench);
    const answer = await signIn(browser, { email: " Ada@Example.COM", password });
    expect(answer.status).toBe(200);
    expect([...browser.cookies.keys()]).toContain("next-auth.session-token");

    const { cookie } = browser;
    const found = await bench.auth.authenticate({ authorization: null, cookie });
    expect(found).toMatchObject({
      byCookie: true,
      principal: { email, role: "user", via: "session" },
    });
    const session = (await browser.get("session")).json;
    expect(session.user).toMatchObject({ email, name: "Ada", role: "user" });
    expect(JSON.stringify(session)).not.toContain("tokenVersion");
  });

  it("uses secure cookies under https", async () => {
    const bench = await benchWithAda({ publicUrl: "https://files.example.com" });
    const browser = browserOf(bench);
    await signIn(browser, { email, password });
    const { cookie } = browser;
    expect(cookie).toContain("__Secure-next-auth.session-token=");
    expect(await bench.auth.authenticate({ authorization: null, cookie })).not.toBeNull();
  });

  it("answers alike for a wrong password, an unknown address, no password and a disabled user", async () => {
    const bench = await benchWithAda({ loginRate: { points: 100, durationMs: 60_000 } });
    bench.add({ email: "oauth@example.com" });
    const off = await bench.auth.users.create({ email: "off@example.com", password });
    await bench.auth.users.update({ id: off.id, disabled: true });
    const wrong = [
      { email, password: "wrong password" },
      { email: "nobody@example.com", password },
      { email: "oauth@example.com", password },
      { email: "oauth@example.com", password: "" },
      { email: "off@example.com", password },
      { email, password: password.repeat(100) },
      { email: "\0\u{1f600}", password },
      { email: "", password: "" },
    ];
    for (const given of wrong) {
      const browser = browserOf(bench);
      const answer = await signIn(browser, given);
      expect([answer.status, errorOf(answer)]).toEqual([401, "CredentialsSignin"]);
      expect(browser.cookie).not.toContain("session-token");
    }
  });

  it("ends older sessions when the password changes, and clears their cookie", async () => {
    const bench = await benchWithAda();
    const browser = browserOf(bench);
    await signIn(browser, { email, password });
    const { cookie } = browser;
    const [ada] = await bench.auth.users.list();
    await bench.auth.users.update({ id: ada?.id ?? "", password: "another password" });
    expect(await bench.auth.authenticate({ authorization: null, cookie })).toBeNull();
    expect((await browser.get("session")).json).toEqual({});
    expect(browser.cookie).not.toContain("session-token");
  });

  it("keeps the cookie while the database is away", async () => {
    const bench = await benchWithAda();
    const browser = browserOf(bench);
    await signIn(browser, { email, password });
    bench.sessions.find = () => Promise.reject(new Error("secret detail"));
    expect((await browser.get("session")).json.user).toBeUndefined();
    expect(browser.cookie).toContain("session-token");

    bench.users.findByEmail = () => Promise.reject(new Error("secret detail"));
    expect(errorOf(await signIn(browserOf(bench), { email, password }))).toBe("Unavailable");
  });

  it("goes back to this site only", async () => {
    const bench = await benchWithAda();
    const targets = {
      "/tokens?a=1": "http://localhost:3000/tokens?a=1",
      "http://localhost:3000/admin": "http://localhost:3000/admin",
      "https://evil.example": "http://localhost:3000/",
      "//evil.example": "http://localhost:3000/",
      "/\\evil.example": "http://localhost:3000/",
      "/.//evil.example": "http://localhost:3000/",
      "javascript:alert(1)": "http://localhost:3000/",
      "http://": "http://localhost:3000/",
    };
    for (const [callbackUrl, expected] of Object.entries(targets)) {
      const browser = browserOf(bench);
      const answer = await browser.submit("callback/credentials", { email, password, callbackUrl });
      expect(answer.json.url).toBe(expected);
    }
  });
});

describe("too many attempts", () => {
  const wrong = { email, password: "wrong password" };

  it("are refused with a word of their own, before the password is looked at", async () => {
    const bench = await benchWithAda();
    const browser = browserOf(bench);
    for (let n = 0; n < 3; n += 1) expect((await signIn(browser, wrong)).status).toBe(401);
    const { findByEmail } = bench.calls;
    const answer = await signIn(browser, { email, password });
    expect([answer.status, errorOf(answer)]).toEqual([429, "RateLimited.15"]);
    expect(answer.headers.get("retry-after")).toBe("900");
    expect(bench.calls.findByEmail).toBe(findByEmail);
    expect(browser.cookie).not.toContain("session-token");
  });

  it("count for an account and one address: another address cannot lock its owner out", async () => {
    const bench = await benchWithAda();
    for (let n = 0; n < 4; n += 1) await signIn(browserOf(bench), wrong, "192.0.2.1");
    expect((await signIn(browserOf(bench), wrong, "192.0.2.1")).status).toBe(429);
    const other = { email: "other@example.com", password };
    expect((await signIn(browserOf(bench), other, "192.0.2.1")).status).toBe(401);
    expect((await signIn(browserOf(bench), { email, password }, "192.0.2.2")).status).toBe(200);
    expect((await signIn(browserOf(bench), wrong, "192.0.2.1")).status).toBe(429);
  });

  it("take an address from our own server only: a header is the client's word", async () => {
    const bench = await benchWithAda({ peersAreStamped: false });
    for (const peer of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) {
      expect((await signIn(browserOf(bench), wrong, peer)).status).toBe(401);
    }
    expect((await signIn(browserOf(bench), wrong, "192.0.2.77")).status).toBe(429);
  });

  it("are forgotten for account and address after the right password, and do not count it", async () => {
    const bench = await benchWithAda();
    for (let round = 0; round < 4; round += 1) {
      expect((await signIn(browserOf(bench), wrong, "192.0.2.9")).status).toBe(401);
      expect((await signIn(browserOf(bench), { email, password }, "192.0.2.9")).status).toBe(200);
    }
  });

  it("cannot be slipped past by many at once", async () => {
    const attempts = attemptsAt({ points: 3, durationMs: 60_000 }, new ManualClock());
    const all = Array.from({ length: 20 }, () => attempts.check("192.0.2.1", email));
    const results = await Promise.allSettled(all);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    await expect(attempts.check("192.0.2.1", email)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      retryAfterMs: expect.any(Number),
    });
  });

  it("on an account from many addresses only slow down, also its owner, and only for a while", async () => {
    const clock = new ManualClock();
    const attempts = attemptsAt({ points: 3, durationMs: 60_000 }, clock);
    const settled = async (address: string) => {
      let isThrough = false;
      const check = attempts.check(address, email).then(() => (isThrough = true));
      await clock.advance(0);
      return { check, isThrough: () => isThrough };
    };
    for (let n = 0; n < 30; n += 1) await (await settled(`198.51.100.${n}`)).check;
    const owner = await settled("192.0.2.1");
    expect(owner.isThrough()).toBe(false);
    await clock.advance(250);
    expect(owner.isThrough()).toBe(true);
    for (let n = 0; n < 50; n += 1) await settled(`203.0.113.${n}`);
    const later = await settled("192.0.2.2");
    await clock.advance(5_000);
    expect(later.isThrough()).toBe(true);
    await clock.advance(60_000);
    expect((await settled("192.0.2.3")).isThrough()).toBe(true);
  });

  it("of one address on many accounts are slowed down, with few waiting at a time", async () => {
    const clock = new ManualClock();
    const attempts = attemptsAt({ points: 3, durationMs: 600_000 }, clock);
    for (let n = 0; n < 30; n += 1) await attempts.check("192.0.2.1", `${n}@example.com`);
    const flood = Array.from({ length: 20 }, (_, n) =>
      attempts.check("192.0.2.1", `x${n}@a.example`),
    );
    const outcomes = Promise.allSettled(flood);
    await clock.advance(5_000);
    const through = (await outcomes).filter(({ status }) => status === "fulfilled");
    expect(through).toHaveLength(5);
    await attempts.check("192.0.2.2", email);
  });

  it("take an address as far as its owner has it", () => {
    expect(peerKey("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(peerKey("2001:db8:0:1::5")).toBe(peerKey("2001:0DB8:0000:0001:ffff::"));
    expect(peerKey("2001:db8:0:1::5")).not.toBe(peerKey("2001:db8:0:2::5"));
    expect(peerKey("::1")).toBe("0:0:0:0::/64");
    for (const odd of [undefined, "", ["a"], "x".repeat(65)]) expect(peerKey(odd)).toBe("unknown");
  });
});

describe("passwords", () => {
  it("are argon2id hashes that take a password in any Unicode form", async () => {
    const passwords = createPasswords(randomIds);
    const encoded = await passwords.hash("caf\u00e9 au lait");
    expect(encoded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(encoded, "cafe\u0301 au lait")).toBe(true);
    expect(await passwords.verify(encoded, "cafe au lait")).toBe(false);
    expect(await passwords.verify(null, "anything at all")).toBe(false);
    expect(await passwords.verify("no hash", "anything at all")).toBe(false);
  });
});
