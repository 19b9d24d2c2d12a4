import type { User } from "./users.ts";

/** A browser session. The session cookie carries its id; without a live session the cookie is not valid. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** When the user signed out or revoked it; null while it is live. */
  readonly endedAt: Date | null;
}

export interface Sessions {
  create(session: { userId: string; expiresAt: Date }): Promise<Session>;
  /** The session, ended and expired ones included, with its user. One query. */
  find(id: string): Promise<{ session: Session; user: User } | null>;
  /** Moves the expiry of a session that has not ended. */
  extend(id: string, expiresAt: Date): Promise<void>;
  /** False when there is no such session or it has ended already. */
  end(id: string, at: Date): Promise<boolean>;
  /** Ends all sessions of a user except the session `except`. Returns how many. */
  endAll(userId: string, ask: { at: Date; except: string | null }): Promise<number>;
  /** Deletes sessions, ended or not, that expired before `before`. Returns how many. */
  prune(before: Date): Promise<number>;
}
