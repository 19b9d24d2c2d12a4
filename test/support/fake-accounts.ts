import { randomUUID } from "node:crypto";
import { createMemorySessions } from "../../src/adapters/memory/memory-sessions.ts";
import { emptyTables } from "../../src/adapters/memory/memory-tables.ts";
import { randomIds } from "../../src/adapters/node/ids.ts";
import { UploadError } from "../../src/core/errors.ts";
import type { Sessions } from "../../src/core/ports/sessions.ts";
import type { ApiToken, Tokens } from "../../src/core/ports/tokens.ts";
import type { User, Users } from "../../src/core/ports/users.ts";

/** Users and tokens in memory, for tests of identity alone. `calls` counts what was asked. */
export interface FakeAccounts {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly calls: Record<string, number>;
  /** A user with nothing but what a test gives. */
  add(user?: Partial<User>): User;
  /** Changes a record behind the service's back. */
  patch(id: string, changes: Partial<User>): void;
  get(id: string): User;
}

export function fakeAccounts(): FakeAccounts {
  const users = new Map<string, User>();
  const links = new Map<string, string>();
  const tokens = new Map<string, ApiToken & { hash: string }>();
  const calls: Record<string, number> = {};
  const count = (name: string) => {
    calls[name] = (calls[name] ?? 0) + 1;
  };
  const clock = {
    now: () => new Date(),
    sleep: async () => undefined,
    turn: async () => undefined,
  };
  const sessions = createMemorySessions({ ...emptyTables({ clock, ids: randomIds }), users });
  const get = (id: string): User => {
    const user = users.get(id);
    if (user === undefined) throw new UploadError("NOT_FOUND");
    return user;
  };
  const byEmail = (email: string) =>
    [...users.values()].find((user) => user.email === email.toLowerCase()) ?? null;
  const add = (given: Partial<User> = {}): User => {
    const id = given.id ?? randomUUID();
    const user: User = {
      id,
      email: `${id}@example.com`,
      name: null,
      role: "user",
      passwordHash: null,
      disabled: false,
      tokenVersion: 0,
      ticketVersion: 0,
      createdAt: new Date(0),
      ...given,
    };
    users.set(id, user);
    return user;
  };
  const patch = (id: string, changes: Partial<User>) => {
    users.set(id, { ...get(id), ...changes });
  };

  return {
    calls,
    add,
    patch,
    get,
    users: {
      async find(id) {
        count("find");
        return users.get(id) ?? null;
      },
      findMany: async (ids) => [...users.values()].filter(({ id }) => ids.includes(id)),
      async findByEmail(email) {
        count("findByEmail");
        return byEmail(email);
      },
      findByAccount: async (provider, subject) =>
        users.get(links.get(`${provider} ${subject}`) ?? "") ?? null,
      async linkAccount({ userId, provider, subject }) {
        links.set(`${provider} ${subject}`, userId);
      },
      async create(user) {
        if (byEmail(user.email) !== null) {
          throw new UploadError("INVALID_INPUT", { details: { field: "email" } });
        }
        return add(user);
      },
      async update(id, changes) {
        count("update");
        const user = get(id);
        const { role, passwordHash, disabled } = changes;
        const raised = [role, passwordHash, disabled].some((value) => value !== undefined);
        patch(id, { ...changes, tokenVersion: user.tokenVersion + (raised ? 1 : 0) });
        return get(id);
      },
      endTickets: async (id) => patch(id, { ticketVersion: get(id).ticketVersion + 1 }),
      list: async () => [...users.values()],
      adminExists: async () => [...users.values()].some(({ role }) => role === "admin"),
    },
    sessions: {
      ...sessions,
      async find(id) {
        count("findSession");
        return sessions.find(id);
      },
    },
    tokens: {
      async create(token) {
        const made = { ...token, id: randomUUID(), createdAt: new Date(0), lastUsedAt: null };
        tokens.set(made.id, made);
        return made;
      },
      async findByHash(hash) {
        count("findByHash");
        const token = [...tokens.values()].find((candidate) => candidate.hash === hash);
        return token === undefined ? null : { token, user: get(token.userId) };
      },
      list: async (userId) => [...tokens.values()].filter((token) => token.userId === userId),
      async revoke(userId, id) {
        return tokens.get(id)?.userId === userId && tokens.delete(id);
      },
      async revokeAll(userId) {
        const owned = [...tokens.values()].filter((token) => token.userId === userId);
        return owned.filter(({ id }) => tokens.delete(id)).length;
      },
      async touch(id, at) {
        count("touch");
        const token = tokens.get(id);
        if (token !== undefined) tokens.set(id, { ...token, lastUsedAt: at });
      },
    },
  };
}
