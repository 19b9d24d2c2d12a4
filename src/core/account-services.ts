import type { ApiToken } from "./ports/tokens.ts";
import type { User } from "./ports/users.ts";
import type { Principal, Role, UserPrincipal } from "./principal.ts";

/** A user as others may see it: no hash, no version. */
export type PublicUser = Pick<User, "id" | "email" | "name" | "role" | "disabled" | "createdAt">;

/** API tokens of a user. Callers have checked that a session asks, not a token. */
export interface TokenService {
  /** `token` is shown this once only; its SHA-256 is what is stored. */
  create(
    owner: UserPrincipal,
    ask: { name: string; expiresInDays?: number | undefined },
  ): Promise<{ id: string; name: string; token: string; prefix: string; expiresAt: Date | null }>;
  list(owner: UserPrincipal): Promise<ApiToken[]>;
  /** NOT_FOUND when the user has no such token. */
  revoke(owner: UserPrincipal, id: string): Promise<void>;
  /**
   * Ends all API tokens and tickets of the user, and all sessions but the one that asks. Returns how
   * many tokens and sessions ended. What fails on the way can be repeated.
   */
  revokeAll(owner: UserPrincipal): Promise<{ tokens: number; sessions: number }>;
}

/** Users, for administrators. A change of password, role or `disabled` ends the user's sessions. */
export interface UserService {
  list(): Promise<PublicUser[]>;
  /** INVALID_INPUT if the address is taken or invalid, or the password is too short. */
  create(ask: NewUser): Promise<PublicUser>;
  /** NOT_FOUND; INVALID_INPUT when it would take the last enabled admin away. */
  update(ask: UserUpdate): Promise<PublicUser>;
}

export interface NewUser {
  readonly email: string;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly role?: Role | undefined;
}

export interface UserUpdate {
  readonly id: string;
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly password?: string | undefined;
  readonly disabled?: boolean | undefined;
}

/** Bearers for one upload and a short time: signed, without a record. */
export interface TicketService {
  /** INVALID_INPUT for a lifetime outside 1 to 86,400 s; UNAUTHENTICATED when the issuer is disabled. */
  issue(
    issuer: Principal,
    ask: { uploadId: string; expiresInSeconds: number },
  ): Promise<{ ticket: string; expiresAt: Date }>;
}
