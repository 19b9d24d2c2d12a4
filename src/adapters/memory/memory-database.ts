import type { Claims } from "../../core/ports/claims.ts";
import type { FailureCounts } from "../../core/ports/failure-counts.ts";
import type { Leases } from "../../core/ports/leases.ts";
import type { Outbox } from "../../core/ports/outbox.ts";
import type { Sessions } from "../../core/ports/sessions.ts";
import type { Clock, Ids } from "../../core/ports/system.ts";
import type { Tokens } from "../../core/ports/tokens.ts";
import type { Uploads } from "../../core/ports/uploads.ts";
import type { Users } from "../../core/ports/users.ts";
import { createMemoryClaims } from "./memory-claims.ts";
import { createMemoryFacts, type MemoryFacts } from "./memory-facts.ts";
import { createMemoryFailureCounts } from "./memory-failure-counts.ts";
import { createMemoryLeases } from "./memory-leases.ts";
import { createMemoryOutbox } from "./memory-outbox.ts";
import { createMemorySessions } from "./memory-sessions.ts";
import { emptyTables } from "./memory-tables.ts";
import { createMemoryTokens } from "./memory-tokens.ts";
import { createMemoryUploads } from "./memory-uploads.ts";
import { createMemoryUsers } from "./memory-users.ts";

/** All records, behind the core's ports; lost when the process ends. */
export interface MemoryDatabase {
  readonly uploads: Uploads;
  readonly claims: Claims;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly facts: MemoryFacts;
  /** Does nothing: no text is stored folded. */
  readonly refold: (signal: AbortSignal) => Promise<number>;
  readonly optimize: () => Promise<void>;
  readonly sessions: Sessions;
  readonly failureCounts: FailureCounts;
  close(): Promise<void>;
}

/** A database in memory, for tests of the core. */
export function createMemoryDatabase(tools: { clock: Clock; ids: Ids }): MemoryDatabase {
  const tables = emptyTables(tools);
  return {
    uploads: createMemoryUploads(tables),
    claims: createMemoryClaims(tables),
    outbox: createMemoryOutbox(tables),
    leases: createMemoryLeases(tables),
    users: createMemoryUsers(tables),
    tokens: createMemoryTokens(tables),
    facts: createMemoryFacts(),
    refold: async () => 0,
    optimize: async () => undefined,
    sessions: createMemorySessions(tables),
    failureCounts: createMemoryFailureCounts(tools.clock),
    async close() {},
  };
}
