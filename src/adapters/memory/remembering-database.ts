import type { Tokens } from "../../core/ports/tokens.ts";
import type { Uploads } from "../../core/ports/uploads.ts";
import type { Users } from "../../core/ports/users.ts";
import { rememberAccounts } from "./remembering-accounts.ts";
import { rememberUploads } from "./remembering-uploads.ts";

/** The records that are asked for with every request. */
interface Records {
  readonly uploads: Uploads;
  readonly users: Users;
  readonly tokens: Tokens;
}

/**
 * The same database, with the records last seen kept in memory. Only for one that no other process
 * changes. `forget` makes it look again at everything.
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
    },
    forget() {
      uploads.forget();
      accounts.forget();
    },
  };
}
