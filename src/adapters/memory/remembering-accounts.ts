import type { Tokens } from "../../core/ports/tokens.ts";
import type { User, Users } from "../../core/ports/users.ts";
import { Remembered } from "./remembered.ts";

/** Users and tokens kept in memory at most. */
const KEPT = 1_000;

type FoundToken = NonNullable<Awaited<ReturnType<Tokens["findByHash"]>>>;

/**
 * The same users and tokens, with those last seen kept in memory, so that a request's credentials
 * cost no statement. A change of any user, and the end of any token, forgets them all: a revoked
 * token is refused from that moment on. Only where no other process changes them.
 */
export function rememberAccounts(accounts: { users: Users; tokens: Tokens }): {
  users: Users;
  tokens: Tokens;
  forget: () => void;
} {
  const { users, tokens } = accounts;
  const byId = new Remembered<User>(KEPT);
  const byHash = new Remembered<FoundToken>(KEPT);

  function forget(): void {
    byId.forgetAll();
    byHash.forgetAll();
  }

  async function change<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await byId.writing(() => byHash.writing(work));
    } finally {
      forget();
    }
  }

  return {
    users: {
      ...users,
      find: (id) => byId.getOr(id, () => users.find(id)),
      update: (id, changes) => change(() => users.update(id, changes)),
    },
    tokens: {
      ...tokens,
      findByHash: (hash) => byHash.getOr(hash, () => tokens.findByHash(hash)),
      revoke: (userId, id) => change(() => tokens.revoke(userId, id)),
    },
    forget,
  };
}
