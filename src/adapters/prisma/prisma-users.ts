import { UploadError } from "../../core/errors.ts";
import { emailTaken, type User, type UserChanges, type Users } from "../../core/ports/users.ts";
import type { Role } from "../../core/principal.ts";
import type { DatabaseClient } from "./database-client.ts";
import { isUniqueViolation, translateFailures } from "./database-failures.ts";

type Row = Omit<User, "role"> & { role: string };

/** Users and the providers' accounts that are linked to them. */
export function createPrismaUsers(client: DatabaseClient): Users {
  const table = client.user;

  async function find(id: string): Promise<User | null> {
    if (id.includes("\u0000")) return null;
    const row = await table.findUnique({ where: { id } });
    return row === null ? null : toUser(row);
  }

  /** Compares and swaps on `tokenVersion`, so that of two changes at once none goes unnoticed. */
  async function update(id: string, changes: UserChanges): Promise<User> {
    const user = await find(id);
    if (user === null) throw new UploadError("NOT_FOUND");
    const tokenVersion = user.tokenVersion + (endsSessions(user, changes) ? 1 : 0);
    const ticketVersion = { increment: endsTickets(user, changes) ? 1 : 0 };
    const [row] = await table.updateManyAndReturn({
      where: { id, tokenVersion: user.tokenVersion },
      data: { ...changes, tokenVersion, ticketVersion },
    });
    return row === undefined ? update(id, changes) : toUser(row);
  }

  return translateFailures<Users>({
    find,
    update,

    async findMany(ids) {
      const storable = ids.filter((id) => !id.includes("\u0000"));
      return (await table.findMany({ where: { id: { in: storable } } })).map(toUser);
    },

    async findByEmail(email) {
      if (email.includes("\u0000")) return null;
      const row = await table.findUnique({ where: { email: email.toLowerCase() } });
      return row === null ? null : toUser(row);
    },

    async findByAccount(provider, subject) {
      const row = await table.findFirst({ where: { accounts: { some: { provider, subject } } } });
      return row === null ? null : toUser(row);
    },

    async linkAccount({ userId, provider, subject }) {
      try {
        await client.account.create({ data: { userId, provider, subject } });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const linked = await client.account.count({ where: { userId, provider, subject } });
        if (linked === 0) throw new UploadError("INVALID_INPUT", { details: { field: "account" } });
      }
    },

    async create({ email, name, role, passwordHash }) {
      try {
        const data = { email: email.toLowerCase(), name, role, passwordHash };
        return toUser(await table.create({ data }));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw emailTaken(error);
      }
    },

    async endTickets(id) {
      await table.updateMany({ where: { id }, data: { ticketVersion: { increment: 1 } } });
    },

    async list() {
      const rows = await table.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
      return rows.map(toUser);
    },

    async adminExists() {
      return (await table.count({ where: { role: "admin" }, take: 1 })) > 0;
    },
  });
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

function toUser(row: Row): User {
  return { ...row, role: row.role as Role };
}
