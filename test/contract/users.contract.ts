import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { isUploadError } from "../../src/core/errors.ts";
import type { MakeDatabase } from "../support/temp-database.ts";

const ann = { email: "ann@example.org", name: "Ann", role: "user", passwordHash: "hash" } as const;
const bob = { email: "bob@example.org", name: null, role: "admin", passwordHash: null } as const;

const refusal = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown);
  return isUploadError(error) ? { code: error.code, details: error.details } : error;
};

/** The contract of every repository of users. */
export function usersContract(makeDatabase: MakeDatabase): void {
  it("creates users and finds them by id and address", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    const user = await users.create(ann);
    expect(user).toEqual({
      ...ann,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      disabled: false,
      tokenVersion: 0,
      ticketVersion: 0,
      createdAt: expect.any(Date),
    });
    expect(await users.find(user.id)).toEqual(user);
    expect(await users.findByEmail("ANN@Example.org")).toEqual(user);
    expect(await users.findByEmail("bob@example.org")).toBeNull();
    for (const id of ["", "x", "\u0000", randomUUID()]) expect(await users.find(id)).toBeNull();
    expect(await users.findByEmail("\u0000")).toBeNull();
  });

  it("stores the current time as the time of creation", async () => {
    await using database = await makeDatabase();
    const before = Date.now() - 1_000;
    const { createdAt } = await database.users.create(ann);
    expect(createdAt.getTime()).toBeGreaterThan(before);
    expect(createdAt.getTime()).toBeLessThan(Date.now() + 1_000);
  });

  it("stores addresses in lower case and refuses one that is taken", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    const user = await users.create({ ...ann, email: "ANN@example.ORG" });
    expect(user.email).toBe("ann@example.org");
    const taken = { code: "INVALID_INPUT", details: { field: "email" } };
    expect(await refusal(users.create({ ...bob, email: "aNn@example.org" }))).toEqual(taken);
    await expect(users.create({ ...bob, email: ann.email })).rejects.toThrow("already");
    const racers = Array.from({ length: 10 }, () => users.create(bob).catch(() => null));
    expect((await Promise.all(racers)).filter((made) => made !== null)).toHaveLength(1);
  });

  it("finds the existing ones of many ids", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    const all = [await users.create(ann), await users.create(bob)];
    const found = await users.findMany([...all.map(({ id }) => id), randomUUID(), "\u0000", ""]);
    expect(found.sort((a, b) => (a.email < b.email ? -1 : 1))).toEqual(all);
    expect(await users.findMany([])).toEqual([]);
  });

  it("increments ticketVersion only by endTickets and by a change of disabled", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    const { id } = await users.create(ann);
    const versionAfter = async (changes: Parameters<typeof users.update>[1]) =>
      (await users.update(id, changes)).ticketVersion;
    expect(await versionAfter({ role: "admin", passwordHash: "another", name: "A" })).toBe(0);
    expect(await versionAfter({ disabled: false })).toBe(0);
    expect(await versionAfter({ disabled: true })).toBe(1);
    expect(await versionAfter({ disabled: false })).toBe(2);
    await users.endTickets(id);
    expect((await users.find(id))?.ticketVersion).toBe(3);
    await users.endTickets(crypto.randomUUID());
  });

  it("increments tokenVersion only if role, password or disabled change", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    const { id } = await users.create(ann);
    const version = async (changes: Parameters<typeof users.update>[1]) =>
      (await users.update(id, changes)).tokenVersion;
    expect(await version({ name: "Anna" })).toBe(0);
    expect(await version({ role: "user", disabled: false, passwordHash: "hash" })).toBe(0);
    expect(await version({ role: "admin" })).toBe(1);
    expect(await version({ passwordHash: "other" })).toBe(2);
    expect(await version({ disabled: true, name: null })).toBe(3);
    expect(await users.find(id)).toMatchObject({
      name: null,
      role: "admin",
      passwordHash: "other",
      disabled: true,
      tokenVersion: 3,
    });
  });

  it("counts each of many concurrent changes", async () => {
    await using database = await makeDatabase();
    const { id } = await database.users.create(ann);
    const changes = Array.from({ length: 10 }, (_, n) =>
      database.users.update(id, { passwordHash: `hash ${n}` }),
    );
    await Promise.all(changes);
    expect(await database.users.find(id)).toMatchObject({ tokenVersion: 10 });
  });

  it("returns NOT_FOUND for an update of an unknown user", async () => {
    await using database = await makeDatabase();
    const none = { code: "NOT_FOUND", details: {} };
    expect(await refusal(database.users.update(randomUUID(), { name: "x" }))).toEqual(none);
  });

  it("links a provider's account to one user", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    const user = await users.create(ann);
    const other = await users.create(bob);
    const account = { userId: user.id, provider: "github", subject: "4711" };
    expect(await users.findByAccount("github", "4711")).toBeNull();
    await users.linkAccount(account);
    await users.linkAccount(account);
    await users.linkAccount({ ...account, provider: "google" });
    expect(await users.findByAccount("github", "4711")).toEqual(user);
    expect(await users.findByAccount("google", "4711")).toEqual(user);
    expect(await users.findByAccount("github", "4712")).toBeNull();
    const taken = { code: "INVALID_INPUT", details: { field: "account" } };
    expect(await refusal(users.linkAccount({ ...account, userId: other.id }))).toEqual(taken);
  });

  it("lists users in order of creation, and reports whether an admin exists", async () => {
    await using database = await makeDatabase();
    const { users } = database;
    expect(await users.list()).toEqual([]);
    const first = await users.create(ann);
    expect(await users.adminExists()).toBe(false);
    const second = await users.create(bob);
    expect(await users.adminExists()).toBe(true);
    const listed = await users.list();
    expect(listed).toHaveLength(2);
    expect(listed).toEqual(expect.arrayContaining([first, second]));
  });
}
