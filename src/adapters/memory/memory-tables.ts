import type { Claim } from "../../core/ports/claims.ts";
import type { OutboxEntry } from "../../core/ports/outbox.ts";
import type { Session } from "../../core/ports/sessions.ts";
import type { Clock, Ids } from "../../core/ports/system.ts";
import type { ApiToken } from "../../core/ports/tokens.ts";
import type { User } from "../../core/ports/users.ts";
import type { Upload } from "../../core/upload.ts";

/** A claim and its lease. Times are milliseconds. */
export interface ClaimRow extends Claim {
  until: number;
  released: boolean;
  voided: boolean;
}

export interface OutboxRow extends OutboxEntry {
  heldUntil: Date | null;
}

/** All records of a memory database, and the clock and ids for new ones. */
export interface MemoryTables {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly uploads: Map<string, Upload>;
  /** By upload. */
  readonly claims: Map<string, ClaimRow[]>;
  /** The newest claim's epoch, by upload. */
  readonly epochs: Map<string, number>;
  /** By upload. */
  readonly outbox: Map<string, OutboxRow>;
  readonly leases: Map<string, { holder: string; until: Date }>;
  readonly users: Map<string, User>;
  readonly accounts: { userId: string; provider: string; subject: string }[];
  /** By the hash of the whole token. */
  readonly tokens: Map<string, ApiToken>;
  readonly sessions: Map<string, Session>;
}

/** Tables without records. */
export function emptyTables(tools: { clock: Clock; ids: Ids }): MemoryTables {
  return {
    ...tools,
    uploads: new Map(),
    claims: new Map(),
    epochs: new Map(),
    outbox: new Map(),
    leases: new Map(),
    users: new Map(),
    accounts: [],
    tokens: new Map(),
    sessions: new Map(),
  };
}
