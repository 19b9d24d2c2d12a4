import type { Claims } from "../../core/ports/claims.ts";
import type { FailureCounts } from "../../core/ports/failure-counts.ts";
import type { Leases } from "../../core/ports/leases.ts";
import type { Openings } from "../../core/ports/openings.ts";
import type { Outbox } from "../../core/ports/outbox.ts";
import type { Sessions } from "../../core/ports/sessions.ts";
import type { Tokens } from "../../core/ports/tokens.ts";
import type { Uploads } from "../../core/ports/uploads.ts";
import type { Users } from "../../core/ports/users.ts";
import { type OpenAsk, openClients } from "./database-client.ts";
import { createDatabaseFacts, type DatabaseFacts } from "./database-facts.ts";
import { databaseKind } from "./database-url.ts";
import { createPrismaClaims } from "./prisma-claims.ts";
import { createPrismaFailureCounts } from "./prisma-failure-counts.ts";
import { createPrismaLeases } from "./prisma-leases.ts";
import { createPrismaOpenings } from "./prisma-openings.ts";
import { createPrismaOutbox } from "./prisma-outbox.ts";
import { createPrismaSessions } from "./prisma-sessions.ts";
import { createPrismaTokens } from "./prisma-tokens.ts";
import { createPrismaUploads } from "./prisma-uploads.ts";
import { createPrismaUsers } from "./prisma-users.ts";
import { rawQueries } from "./raw-queries.ts";
import { refoldTexts } from "./refold-texts.ts";

/** Every record there is, behind the core's ports. */
export interface Database {
  readonly uploads: Uploads;
  readonly claims: Claims;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly facts: DatabaseFacts;
  readonly sessions: Sessions;
  /** Null for SQLite. */
  readonly openings: Openings | null;
  readonly failureCounts: FailureCounts;
  /** Brings what search looks at up to this version's folding; see `refoldTexts`. */
  readonly refold: (signal: AbortSignal) => Promise<number>;
  /** Brings the query planner's statistics up to date. PostgreSQL does so by itself. */
  readonly optimize: () => Promise<void>;
  /** Copies the database while it is in use; null for PostgreSQL, which has tools of its own. */
  readonly copyTo: ((path: string) => Promise<void>) | null;
  /**
   * Ends the connections. A SQLite file alone is complete afterwards: its write-ahead log is moved
   * into it, unless another process has it open. No other method may be called any more.
   */
  close(): Promise<void>;
}

/** Analyses the tables that have grown, at most some hundred rows of each index. */
const OPTIMIZE = "PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002;";

/**
 * Opens the database that `url` names, `file:/abs/path.db` or `postgresql://…`. Its tables must be
 * there: `migrate` comes first. Rejects with the driver's error when it cannot be reached.
 */
export async function openDatabase(ask: OpenAsk): Promise<Database> {
  const { client, lists, sqlite, close } = await openClients(ask);
  const kind = databaseKind(ask.url);
  const sql = rawQueries(kind);
  const facts = createDatabaseFacts(client);
  return {
    uploads: createPrismaUploads({ client, lists, sql, kind, sqlite }),
    claims: createPrismaClaims(client, { kind, sql }),
    outbox: createPrismaOutbox(client),
    leases: createPrismaLeases(client),
    users: createPrismaUsers(client),
    tokens: createPrismaTokens(client, sql),
    openings: kind === "postgresql" ? createPrismaOpenings(client, sql) : null,
    facts,
    sessions: createPrismaSessions(client, sql),
    failureCounts: createPrismaFailureCounts(client, sql),
    refold: (signal) => refoldTexts(client, facts, signal),
    optimize: async () => sqlite?.script(OPTIMIZE),
    copyTo: sqlite === null ? null : sqlite.copyTo,
    close,
  };
}
