import { UploadError } from "../../core/errors.ts";
import { emailTaken, type User, type UserChanges, type Users } from "../../core/ports/users.ts";
import type { MemoryTables } from "./memory-tables.ts";

/** Users and linked accounts in memory. */
export function createMemoryUsers(tables: MemoryTables): Users {
  const { users, accounts } = tables;
  const byEmail = (email: string) =>
    [...users.values()].find((user) => user.email === email.toLowerCase()) ?? null;

  return {
    find: async (id) => users.get(id) ?? null,
    findMany: async (ids) => [...users.values()].filter(({ id }) => ids.includes(id)),
    findByEmail: async (email) => byEmail(email),
    async findByAccount(provider, subject) {
      const linked = accounts.find(
        (account) => account.provider === provider && account.subject === subject,
      );
      return users.get(linked?.userId ?? "") ?? null;
    },
    async linkAccount({ userId, provider, subject }) {
      const linked = accounts.find(
        (account) => account.provider === provider && account.subject === subject,
      );
      if (linked === undefined) accounts.push({ userId, provider, subject });
      else if (linked.userId !== userId) {
        throw new UploadError("INVALID_INPUT", { details: { field: "account" } });
      }
    },
    async create({ email, name, role, passwordHash }) {
      if (byEmail(email) !== null) {
        throw emailTaken();
      }
      const user: User = {
        id: tables.ids.newId(),
        email: email.toLowerCase(),
        name,
        role,
        passwordHash,
        disabled: false,
        tokenVersion: 0,
        ticketVersion: 0,
        createdAt: tables.clock.now(),
      };
      users.set(user.id, user);
      return user;
    },
    async update(id, changes) {
      const user = users.get(id);
      if (user === undefined) throw new UploadError("NOT_FOUND");
      const set = Object.entries(changes).filter(([, value]) => value !== undefined);
      const tokenVersion = user.tokenVersion + (endsSessions(user, changes) ? 1 : 0);
      const ticketVersion = user.ticketVersion + (endsTickets(user, changes) ? 1 : 0);
      const next: User = { ...user, ...Object.fromEntries(set), tokenVersion, ticketVersion };
      users.set(id, next);
      return next;
    },
    async endTickets(id) {
      const user = users.get(id);
      if (user !== undefined) users.set(id, { ...user, ticketVersion: user.ticketVersion + 1 });
    },
    async list() {
      return [...users.values()].sort(
        (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
      );
    },
    adminExists: async () => [...users.values()].some((user) => user.role === "admin"),
  };
}

function endsSessions(user: User, { role, passwordHash, disabled }: UserChanges): boolean {
  return (
    (role !== undefined && role !== user.role) ||
    (passwordHash !== undefined && passwordHash !== user.passwordHash) ||
    (disabled !== undefined && disabled !== user.disabled)
  );
}

function endsTickets(user: User, { disabled }: UserChanges): boolean {
  return disabled !== undefined && disabled !== user.disabled;
}
