import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";

const newHash = () => randomUUID().replaceAll("-", "").repeat(2);

async function newUser(database: TempDatabase, name: string | null = null) {
  const email = `${randomUUID()}@example.org`;
  return database.users.create({ email, name, role: "user", passwordHash: null });
}

/** The contract of every repository of API tokens. */
export function tokensContract(makeDatabase: MakeDatabase): void {
  it("finds a token with its user by its hash alone", async () => {
    await using database = await makeDatabase();
    const { tokens } = database;
    const user = await newUser(database, "Ann");
    const hash = newHash();
    const fields = { userId: user.id, name: "backup", prefix: "up_12" };
    const expiresAt = new Date("2027-01-01T00:00:00.001Z");
    const token = await tokens.create({ ...fields, hash, expiresAt });
    expect(token).toEqual({
      ...fields,
      id: expect.any(String),
      createdAt: expect.any(Date),
      expiresAt,
      lastUsedAt: null,
    });
    await tokens.create({ ...fields, hash: newHash(), expiresAt: null });
    expect(await tokens.findByHash(hash)).toEqual({ token, user });
    expect(await tokens.findByHash(newHash())).toBeNull();
    expect(await tokens.findByHash("")).toBeNull();
  });

  it("returns the current state of the user", async () => {
    await using database = await makeDatabase();
    const user = await newUser(database);
    const hash = newHash();
    const fields = { userId: user.id, name: "x", prefix: "up_1", expiresAt: null };
    await database.tokens.create({ ...fields, hash });
    const changed = await database.users.update(user.id, { disabled: true, role: "admin" });
    expect((await database.tokens.findByHash(hash))?.user).toEqual(changed);
  });

  it("stores when a token was last used", async () => {
    await using database = await makeDatabase();
    const user = await newUser(database);
    const hash = newHash();
    const fields = { userId: user.id, name: "x", prefix: "up_1", expiresAt: null };
    const token = await database.tokens.create({ ...fields, hash });
    const at = new Date("2026-03-04T23:59:59.999Z");
    await database.tokens.touch(token.id, at);
    await database.tokens.touch(randomUUID(), at);
    const used = { ...token, lastUsedAt: at };
    expect((await database.tokens.findByHash(hash))?.token).toEqual(used);
    expect(await database.tokens.list(user.id)).toEqual([used]);
  });

  it("lists a user's own tokens", async () => {
    await using database = await makeDatabase();
    const [ann, bob] = [await newUser(database), await newUser(database)];
    const create = (userId: string) =>
      database.tokens.create({ userId, name: "x", prefix: "p", hash: newHash(), expiresAt: null });
    const own = [await create(ann.id), await create(ann.id)];
    await create(bob.id);
    const listed = await database.tokens.list(ann.id);
    expect(listed).toHaveLength(2);
    expect(listed).toEqual(expect.arrayContaining(own));
    expect(await database.tokens.list(randomUUID())).toEqual([]);
  });

  it("is revoked by its owner only, once", async () => {
    await using database = await makeDatabase();
    const { tokens } = database;
    const [ann, bob] = [await newUser(database), await newUser(database)];
    const hash = newHash();
    const fields = { userId: ann.id, name: "x", prefix: "p", expiresAt: null };
    const { id } = await tokens.create({ ...fields, hash });
    expect(await tokens.revoke(bob.id, id)).toBe(false);
    for (const none of ["", "\u0000", randomUUID()])
      expect(await tokens.revoke(ann.id, none)).toBe(false);
    expect(await tokens.findByHash(hash)).not.toBeNull();
    expect(await tokens.revoke(ann.id, id)).toBe(true);
    expect(await tokens.revoke(ann.id, id)).toBe(false);
    expect(await tokens.findByHash(hash)).toBeNull();
    expect(await tokens.list(ann.id)).toEqual([]);
  });

  it("are revoked all together, of one user only", async () => {
    await using database = await makeDatabase();
    const { tokens } = database;
    const [ann, bob] = [await newUser(database), await newUser(database)];
    const create = async (userId: string) => {
      const hash = newHash();
      await tokens.create({ userId, name: "x", prefix: "p", hash, expiresAt: null });
      return hash;
    };
    const anns = [await create(ann.id), await create(ann.id)];
    const bobs = await create(bob.id);
    for (const hash of anns) expect(await tokens.findByHash(hash)).not.toBeNull();
    expect(await tokens.revokeAll(ann.id)).toBe(2);
    for (const hash of anns) expect(await tokens.findByHash(hash)).toBeNull();
    expect(await tokens.findByHash(bobs)).not.toBeNull();
    expect(await tokens.revokeAll(ann.id)).toBe(0);
  });
}
