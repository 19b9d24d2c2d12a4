import type { Recheck } from "../core/ports/authenticator.ts";
import type { Opening, Openings } from "../core/ports/openings.ts";
import type { Sessions } from "../core/ports/sessions.ts";
import type { Clock } from "../core/ports/system.ts";
import type { ApiToken, Tokens } from "../core/ports/tokens.ts";
import type { User, Users } from "../core/ports/users.ts";
import type { Credential, TicketIssuer, UserPrincipal } from "../core/principal.ts";

/** The rules by which a credential is valid now: one place for a request's start and for later checks. */
export interface ValidCredentials {
  /** Null: no such token, revoked, expired, or its user is disabled. */
  byToken(hash: string, opening?: Opening | null): Promise<{ token: ApiToken; user: User } | null>;
  /**
   * Null: unknown, ended or expired, its user is disabled or has changed password or role since the
   * session began.
   */
  bySession(
    session: { id: string; tokenVersion: number },
    opening?: Opening | null,
  ): Promise<User | null>;
  /** Whether the issuer of a ticket exists, is enabled and has not revoked all tickets since. */
  isIssuer(issuer: TicketIssuer): Promise<boolean>;
}

/** Reads through the repositories only: where they remember what they read, a check costs no statement. */
export function createValidCredentials(deps: {
  users: Pick<Users, "find">;
  tokens: Pick<Tokens, "findByHash">;
  sessions: Pick<Sessions, "find">;
  /** Null or left out: nothing is opened with the check. */
  openings?: Openings | null | undefined;
  clock: Clock;
}): ValidCredentials {
  const { users, tokens, sessions, openings, clock } = deps;

  const findToken = async (hash: string, opening?: Opening | null) => {
    if (!opening || !openings) return tokens.findByHash(hash);
    const found = await openings.byToken(hash, opening);
    if (found !== null) opening.opened(found.opened);
    return found && { token: found.token, user: found.user };
  };
  const findSession = async (
    asked: { id: string; tokenVersion: number },
    opening?: Opening | null,
  ) => {
    if (!opening || !openings) return sessions.find(asked.id);
    const found = await openings.bySession(asked, opening);
    if (found !== null) opening.opened(found.opened);
    return found;
  };

  return {
    async byToken(hash, opening) {
      const found = await findToken(hash, opening);
      if (found === null || found.user.disabled) return null;
      const { expiresAt } = found.token;
      return expiresAt !== null && expiresAt <= clock.now() ? null : found;
    },
    async bySession(asked, opening) {
      const found = await findSession(asked, opening);
      if (found === null) return null;
      const { session, user } = found;
      if (session.endedAt !== null || session.expiresAt <= clock.now()) return null;
      return user.disabled || user.tokenVersion !== asked.tokenVersion ? null : user;
    },
    async isIssuer({ id, ticketVersion }) {
      const user = await users.find(id);
      return user !== null && !user.disabled && user.ticketVersion === ticketVersion;
    },
  };
}

/** Checks the credential of a principal again; the returned principal has the current role. */
export function createRecheck(valid: ValidCredentials): Recheck {
  return async (principal) => {
    if (principal.kind === "anonymous") return principal;
    if (principal.kind === "ticket") {
      const { issuer } = principal;
      return issuer === null || (await valid.isIssuer(issuer)) ? principal : null;
    }
    const { credential } = principal;
    // Without a credential the operator acts for the user, from the machine itself.
    if (credential === undefined) return principal;
    const user = await userOf(valid, credential);
    return user === null ? null : principalOf(user, credential);
  };
}

async function userOf(valid: ValidCredentials, credential: Credential): Promise<User | null> {
  if (credential.kind === "session") return valid.bySession(credential);
  return (await valid.byToken(credential.hash))?.user ?? null;
}

/** The role is the database's, never a credential's. */
export function principalOf(user: User, credential: Credential): UserPrincipal {
  const { id, email, role } = user;
  return { kind: "user", id, email, role, via: credential.kind, credential };
}
