import type { Uploads } from "../../core/ports/uploads.ts";
import { type Accounts, rememberAccounts } from "./remembering-accounts.ts";
import { rememberUploads } from "./remembering-uploads.ts";

/** The records that every request needs. */
interface Records extends Accounts {
  readonly uploads: Uploads;
}

/**
 * The same database, with the records used last kept in memory. Only for a database that no other process
 * changes. `forget` clears the cache.
 */
export function rememberRecords<D extends Records>(
  database: D,
): { database: D; forget: () => void } {
  const uploads = rememberUploads(database.uploads);
  const accounts = rememberAccounts(database);
  return {
    database: {
      ...database,
      uploads: uploads.uploads,
      users: accounts.users,
      tokens: accounts.tokens,
      sessions: accounts.sessions,
    },
    forget() {
      uploads.forget();
      accounts.forget();
    },
  };
}
