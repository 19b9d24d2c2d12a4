import type { User } from "../../core/ports/users.ts";
import type { Role } from "../../core/principal.ts";

/** The user's columns in a row of `rawQueries` that joins `User`; the row's own `userId` is the user's id. */
export interface JoinedUser {
  readonly userId: string;
  readonly email: string;
  readonly userName: string | null;
  readonly role: string;
  readonly passwordHash: string | null;
  readonly disabled: boolean;
  readonly tokenVersion: number;
  readonly ticketVersion: number;
  readonly userCreatedAt: Date;
}

/** Splits a joined row into its user and its own columns. */
export function takeUser<Row extends JoinedUser>(row: Row) {
  const { email, userName, role, passwordHash, disabled, tokenVersion, ticketVersion, ...others } =
    row;
  const { userCreatedAt, ...rest } = others;
  const user: User = {
    ...{ id: row.userId, email, name: userName, role: role as Role, passwordHash, disabled },
    ...{ tokenVersion, ticketVersion, createdAt: userCreatedAt },
  };
  return { user, rest };
}
