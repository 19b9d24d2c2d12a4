import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";

const expiresAt = new Date("2027-01-01T00:00:00.001Z");
const at = new Date("2026-03-04T23:59:59.999Z");

async function newUser(database: TempDatabase) {
  const email = `${randomUUID()}@example.org`;
  return database.users.create({ email, name: "Ann", role: "user", passwordHash: "hash" });
}

/** The contract of every repository of browser sessions. */
export function sessionsContract(makeDatabase: MakeDatabase): void {
  it("finds a session with its user by its id", async () => {
    await using database = await makeDatabase();
    const { sessions } = database;
    const user = await newUser(database);
    const session = await sessions.create({ userId: user.id, expiresAt });
    expect(session).toEqual({
      ...{ id: expect.any(String), userId: user.id, createdAt: expect.any(Date) },
      ...{ expiresAt, endedAt: null },
    });
    expect(await sessions.find(session.id)).toEqual({ session, user });
    for (const none of ["", "\u0000", randomUUID()]) expect(await sessions.find(none)).toBeNull();
  });

  it("returns the current state of the user", async () => {
    await using database = await makeDatabase();
    const { id: userId } = await newUser(database);
    const { id } = await database.sessions.create({ userId, expiresAt });
    await database.sessions.find(id);
    const changed = await database.users.update(userId, { disabled: true, role: "admin" });
    expect((await database.sessions.find(id))?.user).toEqual(changed);
    await database.users.endTickets(userId);
    const ticketVersion = changed.ticketVersion + 1;
    expect((await database.sessions.find(id))?.user).toEqual({ ...changed, ticketVersion });
  });

  it("ends one session, once, and no other", async () => {
    await using database = await makeDatabase();
    const { sessions } = database;
    const { id: userId } = await newUser(database);
    const one = await sessions.create({ userId, expiresAt });
    const other = await sessions.create({ userId, expiresAt });
    await sessions.find(one.id);
    expect(await sessions.end(one.id, at)).toBe(true);
    expect(await sessions.end(one.id, new Date())).toBe(false);
    expect(await sessions.end(randomUUID(), at)).toBe(false);
    expect((await sessions.find(one.id))?.session).toEqual({ ...one, endedAt: at });
    expect((await sessions.find(other.id))?.session).toEqual(other);
  });

  it("ends all sessions of a user except one", async () => {
    await using database = await makeDatabase();
    const { sessions } = database;
    const [ann, bob] = [await newUser(database), await newUser(database)];
    const create = (userId: string) => sessions.create({ userId, expiresAt });
    const kept = await create(ann.id);
    const bobs = await create(bob.id);
    const doomed = [await create(ann.id), await create(ann.id)];
    for (const { id } of doomed) await sessions.find(id);
    expect(await sessions.endAll(ann.id, { at, except: kept.id })).toBe(2);
    for (const session of doomed)
      expect((await sessions.find(session.id))?.session.endedAt).toEqual(at);
    for (const { id } of [kept, bobs])
      expect((await sessions.find(id))?.session.endedAt).toBeNull();
    expect(await sessions.endAll(ann.id, { at, except: null })).toBe(1);
    expect(await sessions.endAll(ann.id, { at, except: null })).toBe(0);
  });

  it("extends a session that is live", async () => {
    await using database = await makeDatabase();
    const { sessions } = database;
    const { id: userId } = await newUser(database);
    const { id } = await sessions.create({ userId, expiresAt: at });
    await sessions.find(id);
    await sessions.extend(id, expiresAt);
    expect((await sessions.find(id))?.session.expiresAt).toEqual(expiresAt);
    await sessions.end(id, at);
    await sessions.extend(id, new Date("2030-01-01T00:00:00.000Z"));
    expect((await sessions.find(id))?.session.expiresAt).toEqual(expiresAt);
    await sessions.extend(randomUUID(), expiresAt);
  });

  it("deletes expired sessions, ended or not, and no others", async () => {
    await using database = await makeDatabase();
    const { sessions } = database;
    const { id: userId } = await newUser(database);
    const expired = await sessions.create({ userId, expiresAt: at });
    const ended = await sessions.create({ userId, expiresAt: at });
    await sessions.end(ended.id, at);
    const live = await sessions.create({ userId, expiresAt });
    expect(await sessions.prune(at)).toBe(0);
    expect(await sessions.prune(new Date(at.getTime() + 1))).toBe(2);
    expect(await sessions.find(expired.id)).toBeNull();
    expect((await sessions.find(live.id))?.session).toEqual(live);
  });
}
