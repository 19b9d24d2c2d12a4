import { describe, expect, it } from "vitest";
import {
  admin,
  alice,
  aliceRecord,
  aliceTicket,
  NOW,
  onlyGiven,
  trpcBench,
  UPLOAD_ID,
  upload,
} from "./trpc-door-bench.ts";

const NOT_FOUND = { reason: { data: { httpStatus: 404, upload: { code: "NOT_FOUND" } } } };
const UNAUTHENTICATED = {
  reason: { data: { httpStatus: 401, upload: { code: "UNAUTHENTICATED" } } },
};
const byToken = { via: "token" } as const;

const token = {
  id: UPLOAD_ID,
  userId: alice.id,
  name: "ci",
  prefix: "tcu_abc",
  createdAt: NOW,
  expiresAt: null,
  lastUsedAt: NOW,
};

describe("tokens over tRPC", () => {
  const revoked: string[] = [];
  const bench = trpcBench({
    deps: {
      tokens: {
        create: async (_owner, ask) => ({ ...token, name: ask.name, token: "tcu_abcdef" }),
        list: async () => [token],
        revoke: async (_owner, id) => void revoked.push(id),
        revokeAll: async () => ({ tokens: 2, sessions: 1 }),
      },
    },
  });

  it("returns the secret of a new token once", async () => {
    const { tokens } = bench.client();
    expect(await tokens.create.mutate({ name: " ci ", expiresInDays: 30 })).toEqual({
      id: UPLOAD_ID,
      name: "ci",
      token: "tcu_abcdef",
      prefix: "tcu_abc",
      expiresAt: null,
    });
    expect(await tokens.list.query()).toEqual([
      { id: UPLOAD_ID, name: "ci", prefix: "tcu_abc", expiresAt: null, lastUsedAt: NOW },
    ]);
    expect(await tokens.revoke.mutate({ id: UPLOAD_ID })).toEqual({ id: UPLOAD_ID });
    expect(revoked).toEqual([UPLOAD_ID]);
    expect(await tokens.revokeAll.mutate()).toEqual({ tokens: 2, sessions: 1 });
  });

  it("accepts sessions only", async () => {
    for (const principal of [
      { ...alice, ...byToken },
      aliceTicket,
      { kind: "anonymous" } as const,
    ]) {
      const { tokens } = bench.client(principal);
      const asked = [
        tokens.create.mutate({ name: "x" }),
        tokens.list.query(),
        tokens.revoke.mutate({ id: UPLOAD_ID }),
        tokens.revokeAll.mutate(),
      ];
      for (const refused of await Promise.allSettled(asked)) {
        expect(refused).toMatchObject(UNAUTHENTICATED);
      }
    }
  });
});

describe("administration over tRPC", () => {
  const asked: unknown[] = [];
  const bench = trpcBench({
    administration: {
      list: async (query) => {
        asked.push(query);
        return {
          items: [upload, { ...upload, ownerId: null }, { ...upload, ownerId: UPLOAD_ID }],
          nextCursor: null,
          total: 10_000,
        };
      },
      get: async () => upload,
      remove: async (ids) => [...ids],
      sweep: async (options) => {
        asked.push(options);
        return { files: 1, records: 2, bytes: 3, strays: ["/srv/data/secret-place"] };
      },
      stats: async () => ({
        byStatus: { uploading: 1, complete: 2, expired: 3 },
        bytes: { uploading: 4, complete: 5 },
        completions: { pending: 6, failed: 7 },
        daily: [{ day: "2026-01-02", created: 8, completed: 9, completedBytes: 10 }],
      }),
    },
    deps: {
      users: {
        list: async () => [aliceRecord],
        create: async () => aliceRecord,
        update: async () => aliceRecord,
      },
    },
  });

  it("lists the uploads of all users with their owners", async () => {
    const { admin: procedures } = bench.client(admin);
    const page = await procedures.uploads.list.query({
      userId: alice.id,
      sort: "size",
      order: "asc",
    });
    expect(page.items.map((item) => item.user)).toEqual([
      { id: alice.id, email: alice.email, name: "Alice" },
      null,
      null,
    ]);
    expect(page.total).toBe(10_000);
    await procedures.uploads.list.query();
    expect(asked.splice(0)).toEqual([
      { ownerId: alice.id, sort: "size", order: "asc", limit: 50 },
      { sort: "createdAt", order: "desc", limit: 50 },
    ]);
  });

  it("marks uploads as active by their last change and the clock of the server", async () => {
    const ago = (ms: number) => ({ ...upload, updatedAt: new Date(NOW.getTime() - ms) });
    const complete = { ...upload, state: "complete" as const };
    const items = [ago(0), ago(59_999), ago(60_000), complete];
    const { admin: procedures } = trpcBench({
      administration: { list: async () => ({ items, nextCursor: null, total: items.length }) },
    }).client(admin);
    const page = await procedures.uploads.list.query();
    expect(page.items.map(({ active }) => active)).toEqual([true, true, false, false]);
    expect(page.items[2]?.lastActivityAt).toEqual(new Date(NOW.getTime() - 60_000));
  });

  it("returns one, deletes many and sweeps", async () => {
    const { uploads } = bench.client(admin).admin;
    const view = await uploads.get.query({ id: UPLOAD_ID });
    expect(view).toMatchObject({ id: UPLOAD_ID, user: { email: alice.email } });
    expect(JSON.stringify(view)).not.toContain("secret-place");
    const ids = [UPLOAD_ID, UPLOAD_ID.toUpperCase(), "no id at all"];
    expect(await uploads.delete.mutate({ ids })).toEqual({ ids: [UPLOAD_ID] });
    expect(await uploads.sweep.mutate({ dryRun: true })).toEqual({
      files: 1,
      records: 2,
      bytes: 3,
    });
    expect(asked.splice(0)).toEqual([{ dryRun: true, orphans: true, keptRecords: true }]);
  });

  it("returns statistics", async () => {
    expect(await bench.client(admin).admin.stats.query({ from: NOW })).toEqual({
      byStatus: { uploading: 1, complete: 2, expired: 3 },
      bytes: { uploading: 4, complete: 5 },
      completions: { pending: 6, failed: 7 },
      daily: [{ day: "2026-01-02", created: 8, completed: 9, completedBytes: 10 }],
      users: 1,
    });
  });

  it("returns users without their secrets", async () => {
    const { users } = bench.client(admin).admin;
    const shown = {
      id: alice.id,
      email: alice.email,
      name: "Alice",
      role: "user",
      disabled: false,
      createdAt: NOW,
    };
    expect(await users.list.query()).toEqual([shown]);
    expect(await users.create.mutate({ email: "a@b.example" })).toEqual(shown);
    expect(await users.update.mutate({ id: alice.id, disabled: true })).toEqual(shown);
  });

  it("is NOT_FOUND for other users, before their input is validated", async () => {
    const { admin: procedures } = trpcBench({
      deps: { users: onlyGiven({}) },
    }).client(alice);
    const refused = await Promise.allSettled([
      procedures.uploads.list.query({ limit: -1 }),
      procedures.uploads.get.query({ id: UPLOAD_ID }),
      procedures.uploads.delete.mutate({ ids: [] }),
      procedures.uploads.sweep.mutate(),
      procedures.users.list.query(),
      procedures.users.create.mutate({ email: "" }),
      procedures.users.update.mutate({ id: alice.id }),
      procedures.stats.query(),
    ]);
    for (const one of refused) expect(one).toMatchObject(NOT_FOUND);
  });

  it("allows an administrator's token to manage uploads, but not users", async () => {
    const { admin: procedures } = bench.client({ ...admin, ...byToken });
    expect((await procedures.uploads.get.query({ id: UPLOAD_ID })).id).toBe(UPLOAD_ID);
    const refused = await Promise.allSettled([
      procedures.users.list.query(),
      procedures.users.create.mutate({ email: "a@b.example" }),
      procedures.users.update.mutate({ id: alice.id }),
    ]);
    for (const one of refused) expect(one).toMatchObject(UNAUTHENTICATED);
  });

  it("is UNAUTHENTICATED for tickets and anonymous clients", async () => {
    for (const principal of [aliceTicket, { kind: "anonymous" } as const]) {
      const { admin: procedures } = bench.client(principal);
      for (const one of await Promise.allSettled([
        procedures.uploads.get.query({ id: UPLOAD_ID }),
        procedures.stats.query(),
      ])) {
        expect(one).toMatchObject(UNAUTHENTICATED);
      }
    }
  });
});
