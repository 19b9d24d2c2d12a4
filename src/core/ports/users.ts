import { UploadError } from "../errors.ts";
import type { Role } from "../principal.ts";

export interface User {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  /** The encoded password hash; null for users who sign in by a provider only. */
  readonly passwordHash: string | null;
  readonly disabled: boolean;
  /** Raised by every change of password, role or `disabled`: older sessions end. */
  readonly tokenVersion: number;
  /** Raised by `endTickets` and by a change of `disabled`: older tickets end. */
  readonly ticketVersion: number;
  readonly createdAt: Date;
}

export interface UserChanges {
  name?: string | null;
  role?: Role;
  passwordHash?: string;
  disabled?: boolean;
}

export interface Users {
  find(id: string): Promise<User | null>;
  /** Those of `ids` (at most 100) that exist, in any order, in one query. */
  findMany(ids: readonly string[]): Promise<User[]>;
  /** E-mail addresses are compared without case. */
  findByEmail(email: string): Promise<User | null>;
  /** The user whom a provider's account is linked to. */
  findByAccount(provider: string, subject: string): Promise<User | null>;
  linkAccount(account: { userId: string; provider: string; subject: string }): Promise<void>;
  /** Throws `emailTaken()` if another user has the address. */
  create(user: {
    email: string;
    name: string | null;
    role: Role;
    passwordHash: string | null;
  }): Promise<User>;
  /**
   * Raises `tokenVersion` when role, password or `disabled` change, and `ticketVersion` when
   * `disabled` changes. Throws NOT_FOUND.
   */
  update(id: string, changes: UserChanges): Promise<User>;
  /** Raises `ticketVersion`: the tickets that the user has issued end. */
  endTickets(id: string): Promise<void>;
  list(): Promise<User[]>;
  adminExists(): Promise<boolean>;
}

/** The refusal of a second user with one address. */
export function emailTaken(cause?: unknown): UploadError {
  const message = "There is a user with this e-mail address already.";
  return new UploadError("INVALID_INPUT", { message, details: { field: "email" }, cause });
}
