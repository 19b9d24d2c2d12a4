import { describe, expect, it } from "vitest";
import { hashApiToken } from "../../../src/auth/api-tokens.ts";
import { DEFAULT_ADMIN_EMAIL } from "../../../src/auth/first-admin.ts";
import { normalEmail } from "../../../src/core/account-rules.ts";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { type AuthBench, authBench } from "../../support/auth-bench.ts";

const password = "correct horse";
const refused = (field: string) => ({ code: "INVALID_INPUT", details: { field } });
const principal = (bench: AuthBench): UserPrincipal => {
  const { id, email, role } = bench.add();
  return { kind: "user", id, email, role, via: "session" };
};

describe("API tokens", () => {
  it("are shown once; what is kept is their hash", async () => {
    const bench = authBench();
    const owner = principal(bench);
    const ask = { name: "  backup  ", expiresInDays: 2 };
    const { token, prefix, expiresAt, ...made } = await bench.auth.tokens.create(owner, ask);
    expect(token).toMatch(/^up_[\w-]{43}$/);
    expect(token.startsWith(prefix) && prefix.length).toBe(10);
    expect(made.name).toBe("backup");
    expect(Number(expiresAt) - bench.clock.now().getTime()).toBe(2 * 86_400_000);
    expect(await bench.tokens.findByHash(hashApiToken(token))).not.toBeNull();
    expect(JSON.stringify(await bench.auth.tokens.list(owner))).not.toContain(token);
  });

  it("need a name in one line and whole days", async () => {
    const { auth, ...bench } = authBench();
    const owner = principal({ auth, ...bench });
    for (const name of ["", "  ", "a\nb", "\0", "x".repeat(101)]) {
      await expect(auth.tokens.create(owner, { name })).rejects.toMatchObject(refused("name"));
    }
    for (const expiresInDays of [0, -1, 1.5, Number.NaN, 3_651]) {
      const made = auth.tokens.create(owner, { name: "a", expiresInDays });
      await expect(made).rejects.toMatchObject(refused("expiresInDays"));
    }
  });

  it("are revoked by their owner only", async () => {
    const bench = authBench();
    const [owner, other] = [principal(bench), principal(bench)];
    const { id } = await bench.auth.tokens.create(owner, { name: "a" });
    for (const wrong of ["", "\0", "x".repeat(1000), crypto.randomUUID()]) {
      const revoked = bench.auth.tokens.revoke(owner, wrong);
      await expect(revoked).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await expect(bench.auth.tokens.revoke(other, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await bench.auth.tokens.revoke(owner, id);
    expect(await bench.auth.tokens.list(owner)).toEqual([]);
  });
});

describe("users", () => {
  it("are shown without their secrets, with their address in lower case", async () => {
    const { auth } = authBench();
    const made = await auth.users.create({ email: " Ada@Example.com ", name: " Ada ", password });
    expect(made).toEqual({
      id: made.id,
      email: "ada@example.com",
      name: "Ada",
      role: "user",
      disabled: false,
      createdAt: made.createdAt,
    });
    expect(await auth.users.list()).toEqual([made]);
  });

  it("need an address, and a password of some length if any", async () => {
    const { auth } = authBench();
    const email = "ada@example.com";
    for (const bad of ["", "ada", "@a", "a@", "a@b@c", "a b@c", "a\0@c", "<a@b>", "a@b,c@d"]) {
      await expect(auth.users.create({ email: bad })).rejects.toMatchObject(refused("email"));
    }
    for (const bad of ["", "short pas", "x".repeat(1_001)]) {
      const made = auth.users.create({ email, password: bad });
      await expect(made).rejects.toMatchObject(refused("password"));
    }
    await auth.users.create({ email });
    const again = auth.users.create({ email: "ADA@example.com" });
    await expect(again).rejects.toMatchObject(refused("email"));
  });

  it("lose their sessions by a new password, role or state, not by a new name or a repeat", async () => {
    const bench = authBench();
    const { id } = await bench.auth.users.create({ email: "ada@example.com", password });
    const version = () => bench.get(id).tokenVersion;
    await bench.auth.users.update({ id, name: "Ada" });
    await bench.auth.users.update({ id, role: "user", disabled: false });
    await bench.auth.users.update({ id });
    expect(version()).toBe(0);
    await bench.auth.users.update({ id, role: "admin" });
    await bench.auth.users.update({ id, password: "another password" });
    expect(version()).toBe(2);
    await bench.auth.users.create({ email: "other@example.com", role: "admin" });
    await bench.auth.users.update({ id, disabled: true });
    expect(version()).toBe(3);
  });

  it("that are not there are NOT_FOUND", async () => {
    const { auth } = authBench();
    for (const id of ["", "\0", "nobody", "x".repeat(1_000)]) {
      await expect(auth.users.update({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  it("always have an enabled administrator among them", async () => {
    const bench = authBench();
    const admin = bench.add({ role: "admin" });
    bench.add({ role: "admin", disabled: true });
    const update = bench.auth.users.update;
    const { id } = admin;
    await expect(update({ id, role: "user" })).rejects.toMatchObject(refused("role"));
    await expect(update({ id, disabled: true })).rejects.toMatchObject(refused("disabled"));
    await expect(update({ id, name: "still admin" })).resolves.toMatchObject({ role: "admin" });

    const other = bench.add({ role: "admin" });
    const both = [update({ id, role: "user" }), update({ id: other.id, role: "user" })];
    const ended = await Promise.allSettled(both);
    expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });
});

describe("the first administrator", () => {
  const signIn = async (bench: AuthBench) =>
    (await bench.auth.users.list()).map(({ email, role, disabled }) => ({ email, role, disabled }));

  it("is made with a password to show once, while there is none", async () => {
    const bench = authBench();
    const made = await bench.auth.ensureFirstAdmin();
    expect(made?.email).toBe(DEFAULT_ADMIN_EMAIL);
    expect(made?.password).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(await bench.auth.ensureFirstAdmin()).toBeNull();
    expect(await signIn(bench)).toEqual([
      { email: DEFAULT_ADMIN_EMAIL, role: "admin", disabled: false },
    ]);
  });

  it("is the one of the settings, whose password is not shown", async () => {
    const bench = authBench({ adminEmail: "Root@Example.com", adminPassword: password });
    expect(await bench.auth.ensureFirstAdmin()).toEqual({
      email: "root@example.com",
      password: null,
    });
    expect(bench.logged).toEqual([]);
  });

  it("may be a user who is there already", async () => {
    const bench = authBench({ adminEmail: "ada@example.com" });
    bench.add({ email: "ada@example.com", disabled: true });
    expect((await bench.auth.ensureFirstAdmin())?.password).toHaveLength(20);
    expect(await signIn(bench)).toEqual([
      { email: "ada@example.com", role: "admin", disabled: false },
    ]);
  });

  it("is made by one instance of two", async () => {
    const bench = authBench();
    const { findByEmail } = bench.users;
    bench.users.findByEmail = async (email) => {
      bench.users.findByEmail = findByEmail;
      bench.add({ email, role: "admin" });
      return null;
    };
    expect(await bench.auth.ensureFirstAdmin()).toBeNull();
  });
});

describe("an e-mail address", () => {
  it("has one form, and no look-alikes", () => {
    expect(normalEmail("Ada@Example.COM")).toBe("ada@example.com");
    expect(normalEmail("\uff41da\uff20example.com")).toBe("ada@example.com");
    expect(normalEmail("a@b\uff20c")).toBeNull();
    expect(normalEmail(`${"a".repeat(250)}@b.de`)).toBeNull();
  });
});

describe("revoking all", () => {
  it("ends tokens and all sessions but the one that asks, and nothing of anybody else", async () => {
    const bench = authBench();
    const [ann, bob] = [bench.add(), bench.add()];
    const { sessions, tokens } = bench.auth;
    const here = await sessions.begin(ann);
    const elsewhere = await sessions.begin(ann);
    const bobs = await sessions.begin(bob);
    const { id, email, role } = ann;
    const credential = { kind: "session", id: here.sid, tokenVersion: 0 } as const;
    const owner = { kind: "user", id, email, role, via: "session", credential } as const;
    await tokens.create(owner, { name: "one" });
    await tokens.create(owner, { name: "two" });
    expect(await tokens.revokeAll(owner)).toEqual({ tokens: 2, sessions: 1 });
    expect(await tokens.list(owner)).toEqual([]);
    expect(await sessions.readClaims(here)).not.toBeNull();
    expect(await sessions.readClaims(elsewhere)).toBeNull();
    expect(await sessions.readClaims(bobs)).not.toBeNull();
  });
});
