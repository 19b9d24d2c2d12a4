import type { Sessions } from "../../core/ports/sessions.ts";
import type { Tokens } from "../../core/ports/tokens.ts";
import type { User, Users } from "../../core/ports/users.ts";
import { Remembered } from "./remembered.ts";

/** Maximum number of users, tokens and sessions in memory, of each kind. */
const KEPT = 1_000;

type FoundToken = NonNullable<Awaited<ReturnType<Tokens["findByHash"]>>>;
type FoundSession = NonNullable<Awaited<ReturnType<Sessions["find"]>>>;

/** The records that authenticate a request. */
export interface Accounts {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
}

/**
 * The same users, tokens and sessions, with those read last kept in memory, so that authenticating a request
 * needs no statement. A change of any user, token or session clears the cache. Only for a database that
 * no other process changes.
 */
export function rememberAccounts(accounts: Accounts): Accounts & { forget: () => void } {
  const { users, tokens, sessions } = accounts;
  const byId = new Remembered<User>(KEPT);
  const byHash = new Remembered<FoundToken>(KEPT);
  const bySession = new Remembered<FoundSession>(KEPT);

  function forget(): void {
    for (const remembered of [byId, byHash, bySession]) remembered.forgetAll();
  }

  async function change<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await byId.writing(() => byHash.writing(() => bySession.writing(work)));
    } finally {
      forget();
    }
  }

  return {
    users: {
      ...users,
      find: (id) => byId.getOr(id, () => users.find(id)),
      update: (id, changes) => change(() => users.update(id, changes)),
      endTickets: (id) => change(() => users.endTickets(id)),
    },
    tokens: {
      ...tokens,
      findByHash: (hash) => byHash.getOr(hash, () => tokens.findByHash(hash)),
      revoke: (userId, id) => change(() => tokens.revoke(userId, id)),
      revokeAll: (userId) => change(() => tokens.revokeAll(userId)),
    },
    sessions: {
      ...sessions,
      find: (id) => bySession.getOr(id, () => sessions.find(id)),
      extend: (id, expiresAt) => change(() => sessions.extend(id, expiresAt)),
      end: (id, at) => change(() => sessions.end(id, at)),
      endAll: (userId, ask) => change(() => sessions.endAll(userId, ask)),
    },
    forget,
  };
}
