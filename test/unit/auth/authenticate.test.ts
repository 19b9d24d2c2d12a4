import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { sessionCookieName } from "../../../src/auth/session-cookie.ts";
import type { User } from "../../../src/core/ports/users.ts";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { type AuthBench, authBench } from "../../support/auth-bench.ts";

const upload = "0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b";

const owner = (user: User): UserPrincipal => {
  const { id, email, role } = user;
  return { kind: "user", id, email, role, via: "session" };
};
const bearer = (bench: AuthBench, authorization: string) =>
  bench.auth.authenticate({ authorization, cookie: null });
const byCookie = (bench: AuthBench, cookie: string) =>
  bench.auth.authenticate({ authorization: null, cookie });
const session = (bench: AuthBench, claims: object, maxAge = 60) =>
  encode({ token: { ...claims }, secret: bench.settings.secret, maxAge });
const sessionOf = async (bench: AuthBench, user: User) =>
  session(bench, await bench.auth.sessions.begin(user));
const issue = (bench: AuthBench, user: User, expiresInSeconds = 60) =>
  bench.auth.tickets.issue(owner(user), { uploadId: upload, expiresInSeconds });
const makeToken = async (bench: AuthBench, user: User, expiresInDays?: number) =>
  (await bench.auth.tokens.create(owner(user), { name: "script", expiresInDays })).token;

describe("nobody", () => {
  it("is refused where anonymous uploads are not allowed", async () => {
    const bench = authBench();
    expect(await bench.auth.authenticate({ authorization: null, cookie: null })).toBeNull();
    expect(await byCookie(bench, "theme=dark")).toBeNull();
  });

  it("is anonymous where they are", async () => {
    const bench = authBench({ allowAnonymous: true });
    const anonymous = { principal: { kind: "anonymous" }, byCookie: false };
    expect(await bench.auth.authenticate({ authorization: null, cookie: null })).toEqual(anonymous);
    expect(await byCookie(bench, "theme=dark; next-auth.session-token=")).toEqual(anonymous);
  });

  it("does not become anonymous by a credential that fails", async () => {
    const bench = authBench({ allowAnonymous: true });
    const expired = await session(bench, await bench.auth.sessions.begin(bench.add()), -60);
    for (const authorization of ["", "Bearer", "Bearer up_x", "Basic YTpi", "Bearer ut_x.y"]) {
      expect(await bearer(bench, authorization)).toBeNull();
    }
    for (const value of ["nonsense", expired]) {
      expect(await byCookie(bench, `next-auth.session-token=${value}`)).toBeNull();
    }
  });
});

describe("an API token", () => {
  it("is its user, in both schemes and any case, with the database's role", async () => {
    const bench = authBench();
    const user = bench.add();
    const token = await makeToken(bench, user);
    bench.patch(user.id, { role: "admin" });
    const credential = { kind: "token", id: expect.any(String), hash: expect.any(String) };
    const principal = { ...owner(user), role: "admin", via: "token", credential };
    for (const scheme of ["Bearer", "bearer", "TOKEN", "Token "]) {
      expect(await bearer(bench, `${scheme} ${token}`)).toEqual({ principal, byCookie: false });
    }
    expect(bench.calls.findByHash).toBe(4);
  });

  it("alone decides when a cookie is there too", async () => {
    const bench = authBench();
    const user = bench.add();
    const cookie = `next-auth.session-token=${await sessionOf(bench, user)}`;
    expect(await bench.auth.authenticate({ authorization: "Bearer up_bad", cookie })).toBeNull();
  });

  it("ends when it is revoked, when it expires and when its user is disabled", async () => {
    const bench = authBench();
    const [user, other] = [bench.add(), bench.add()];
    const revoked = await makeToken(bench, user);
    const [listed] = await bench.auth.tokens.list(owner(user));
    const expiring = await makeToken(bench, user, 1);
    const others = await makeToken(bench, other);

    await bench.auth.tokens.revoke(owner(user), listed?.id ?? "");
    expect(await bearer(bench, `Bearer ${revoked}`)).toBeNull();

    expect(await bearer(bench, `Bearer ${expiring}`)).not.toBeNull();
    await bench.clock.advance(86_400_000);
    expect(await bearer(bench, `Bearer ${expiring}`)).toBeNull();

    bench.patch(other.id, { disabled: true });
    expect(await bearer(bench, `Bearer ${others}`)).toBeNull();
  });

  it("notes its use once a minute, whatever happens to the note", async () => {
    const bench = authBench();
    const token = await makeToken(bench, bench.add());
    await Promise.all(Array.from({ length: 5 }, () => bearer(bench, `Bearer ${token}`)));
    expect(bench.calls.touch).toBe(1);
    await bench.clock.advance(60_000);
    bench.tokens.touch = () => Promise.reject(new Error("database away"));
    expect(await bearer(bench, `Bearer ${token}`)).not.toBeNull();
    await new Promise((resolve) => setImmediate(resolve));
    expect(bench.logged).toEqual(["the use of a token was not noted"]);
  });
});

describe("a session cookie", () => {
  it("is its user, marked as authenticated by cookie", async () => {
    const bench = authBench();
    const user = bench.add({ role: "admin" });
    const cookie = `a=b; next-auth.session-token=${await sessionOf(bench, user)}; c=d`;
    const credential = { kind: "session", id: expect.any(String), tokenVersion: 0 };
    const principal = { ...owner(user), credential };
    expect(await byCookie(bench, cookie)).toEqual({ principal, byCookie: true });
  });

  it("may come in pieces", async () => {
    const bench = authBench();
    const user = bench.add();
    const value = await sessionOf(bench, user);
    const [a, b, c] = [value.slice(0, 90), value.slice(90, 91), value.slice(91)];
    const name = "next-auth.session-token";
    const cookie = `${name}.2=${c}; ${name}.0=${a};${name}.1=${b}`;
    expect(await byCookie(bench, cookie)).toMatchObject({ principal: { id: user.id } });
    expect(await byCookie(bench, `${name}.0=${a}; ${name}.2=${c}`)).toBeNull();
  });

  it("has NextAuth's prefix under https, and no other counts there", async () => {
    const bench = authBench({ publicUrl: "https://files.example.com" });
    const value = await sessionOf(bench, bench.add());
    expect(sessionCookieName(bench.settings.publicUrl)).toBe("__Secure-next-auth.session-token");
    expect(await byCookie(bench, `__Secure-next-auth.session-token=${value}`)).not.toBeNull();
    expect(await byCookie(bench, `next-auth.session-token=${value}`)).toBeNull();
  });

  it("ends with a new version, a disabled user, a user who is gone, and its time", async () => {
    const bench = authBench();
    const user = bench.add();
    const cookie = `next-auth.session-token=${await sessionOf(bench, user)}`;
    bench.patch(user.id, { tokenVersion: 1 });
    expect(await byCookie(bench, cookie)).toBeNull();
    bench.patch(user.id, { tokenVersion: 0, disabled: true });
    expect(await byCookie(bench, cookie)).toBeNull();

    const { sid } = await bench.auth.sessions.begin(bench.add());
    const anothers = await session(bench, { uid: user.id, sid, tokenVersion: 0 });
    expect(await byCookie(bench, `next-auth.session-token=${anothers}`)).toBeNull();
    const gone = await session(bench, { uid: "gone", sid: "gone", tokenVersion: 0 });
    expect(await byCookie(bench, `next-auth.session-token=${gone}`)).toBeNull();
    const late = await session(bench, await bench.auth.sessions.begin(bench.add()), -60);
    expect(await byCookie(bench, `next-auth.session-token=${late}`)).toBeNull();
  });

  it("of another secret, another purpose or without our claims is refused", async () => {
    const bench = authBench();
    const user = bench.add();
    const { id } = user;
    const claims = { ...(await bench.auth.sessions.begin(user)) };
    const { secret } = bench.settings;
    const values = [
      await encode({ token: claims, secret: "another secret" }),
      await encode({ token: claims, secret, salt: "next-auth.state" }),
      await session(bench, {}),
      await session(bench, { uid: id }),
      await session(bench, { uid: id, tokenVersion: 0 }),
      await session(bench, { ...claims, uid: [id] }),
      await session(bench, { ...claims, sid: [claims.sid] }),
      await session(bench, { ...claims, tokenVersion: "0" }),
      `${(await session(bench, claims)).slice(0, -2)}AA`,
    ];
    for (const value of values) {
      expect(await byCookie(bench, `next-auth.session-token=${value}`)).toBeNull();
    }
  });
});

describe("hostile headers", () => {
  const hostile = [
    "Bearer",
    "Bearer ",
    "bearer\tup_x",
    `Bearer up_${"\0".repeat(43)}`,
    `Bearer up_${"ü".repeat(43)}`,
    `Bearer up_${"a".repeat(43)}, Token up_${"a".repeat(43)}`,
    `Bearer Bearer up_${"a".repeat(43)}`,
    `Bearer ${"a".repeat(2 ** 20)}`,
    " ".repeat(2 ** 20),
    `Bearer ut_${"A".repeat(8)}.${"A".repeat(43)}`,
    "Bearer ut_.",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "\u{1f600} \u{1f600}",
  ];

  it("are refused without an exception or a question to the database", async () => {
    const bench = authBench();
    for (const text of hostile) {
      expect(await bearer(bench, text)).toBeNull();
      expect(await byCookie(bench, text)).toBeNull();
      expect(await byCookie(bench, `next-auth.session-token=${text}`)).toBeNull();
      expect(await byCookie(bench, `next-auth.session-token.0=${text};=;;=x`)).toBeNull();
    }
    expect(bench.calls).toEqual({});
  });

  it("do not hide the cookie between them", async () => {
    const bench = authBench();
    const user = bench.add();
    const value = await sessionOf(bench, user);
    const cookie = `=;;x;%E0%A4%A=1;next-auth.session-tokenX=1; next-auth.session-token=${value};=`;
    expect(await byCookie(bench, cookie)).toMatchObject({ principal: { id: user.id } });
  });
});

describe("a session's record", () => {
  const read = async (bench: AuthBench, value: string) =>
    byCookie(bench, `next-auth.session-token=${value}`);

  it("ends one session and leaves the user's others", async () => {
    const bench = authBench();
    const user = bench.add();
    const claims = await bench.auth.sessions.begin(user);
    const here = await session(bench, claims);
    const elsewhere = await sessionOf(bench, user);
    expect(await bench.auth.sessions.end(claims)).toBe(user.id);
    expect(await read(bench, here)).toBeNull();
    expect(await read(bench, elsewhere)).not.toBeNull();
    expect(await bench.auth.sessions.end(claims)).toBeNull();
  });

  it("lives as long as a cookie that is renewed, and is written once a day at most", async () => {
    const bench = authBench();
    const claims = await bench.auth.sessions.begin(bench.add());
    const expiry = async () =>
      (await bench.sessions.find(claims.sid))?.session.expiresAt.getTime() ?? 0;
    const first = await expiry();
    await bench.auth.sessions.renew(claims);
    expect(await expiry()).toBe(first);
    await bench.clock.advance(2 * 86_400_000);
    await bench.auth.sessions.renew(claims);
    const cookieEnds = bench.clock.now().getTime() + 30 * 86_400_000;
    expect(await expiry()).toBeGreaterThanOrEqual(cookieEnds);
    await bench.clock.advance(40 * 86_400_000);
    await bench.auth.sessions.renew(claims);
    expect(await bench.auth.sessions.readClaims(claims)).toBeNull();
  });
});

describe("a ticket", () => {
  it("is for its upload until it expires", async () => {
    const bench = authBench();
    const user = bench.add();
    const { ticket, expiresAt } = await issue(bench, user);
    expect(expiresAt.getTime() - bench.clock.now().getTime()).toBe(60_000);
    const issuer = { id: user.id, ticketVersion: 0 };
    const principal = { kind: "ticket", uploadId: upload, issuer, expiresAt };
    expect(await bearer(bench, `Bearer ${ticket}`)).toEqual({ principal, byCookie: false });
    await bench.clock.advance(60_000);
    expect(await bearer(bench, `Bearer ${ticket}`)).toBeNull();
  });

  it("ends when its issuer is disabled, is gone or revokes all", async () => {
    const bench = authBench();
    const [disabled, revoking] = [bench.add(), bench.add()];
    const first = (await issue(bench, disabled)).ticket;
    const second = (await issue(bench, revoking)).ticket;
    bench.patch(disabled.id, { disabled: true });
    expect(await bearer(bench, `Bearer ${first}`)).toBeNull();
    expect(await bearer(bench, `Bearer ${second}`)).not.toBeNull();
    await bench.auth.tokens.revokeAll(owner(revoking));
    expect(await bearer(bench, `Bearer ${second}`)).toBeNull();
    const renewed = (await issue(bench, revoking)).ticket;
    expect(await bearer(bench, `Bearer ${renewed}`)).not.toBeNull();
  });

  it("is not issued for a disabled user", async () => {
    const bench = authBench();
    const user = bench.add({ disabled: true });
    await expect(issue(bench, user)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("of an anonymous client has no issuer", async () => {
    const bench = authBench({ allowAnonymous: true });
    const ask = { uploadId: upload, expiresInSeconds: 60 };
    const { ticket } = await bench.auth.tickets.issue({ kind: "anonymous" }, ask);
    const principal = { kind: "ticket", uploadId: upload, issuer: null };
    expect(await bearer(bench, `Bearer ${ticket}`)).toMatchObject({ principal });
  });

  it("is refused when a single character of it is another", async () => {
    const bench = authBench();
    const { ticket } = await issue(bench, bench.add());
    for (let at = 0; at < ticket.length; at += 1) {
      const other = ticket[at] === "A" ? "B" : "A";
      const altered = ticket.slice(0, at) + other + ticket.slice(at + 1);
      expect(await bearer(bench, `Bearer ${altered}`)).toBeNull();
    }
  });

  it("of another secret, or with parts of two, is refused", async () => {
    const bench = authBench();
    const user = bench.add();
    const foreign = authBench({ secret: "another secret altogether" });
    const [long] = (await issue(bench, user, 86_400)).ticket.split(".");
    const [, signature] = (await issue(bench, user, 60)).ticket.split(".");
    const foreignTicket = (await issue(foreign, foreign.add(user))).ticket;
    for (const ticket of [foreignTicket, `${long}.${signature}`]) {
      expect(await bearer(bench, `Bearer ${ticket}`)).toBeNull();
    }
  });

  it("lives a whole number of seconds, a day at most", async () => {
    const bench = authBench();
    const user = bench.add();
    for (const seconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 86_401]) {
      await expect(issue(bench, user, seconds)).rejects.toMatchObject({
        code: "INVALID_INPUT",
        details: { field: "expiresInSeconds" },
      });
    }
    await issue(bench, user, 86_400);
  });
});
