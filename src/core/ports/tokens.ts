import type { User } from "./users.ts";

/** An API token, without its secret: only the SHA-256 of the whole token is stored. */
export interface ApiToken {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** The token's first characters, by which its owner knows it again. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface Tokens {
  create(token: {
    userId: string;
    name: string;
    prefix: string;
    hash: string;
    expiresAt: Date | null;
  }): Promise<ApiToken>;
  /** By the SHA-256 of the whole token, lower-case hex; revoked ones are not found. One query. */
  findByHash(hash: string): Promise<{ token: ApiToken; user: User } | null>;
  list(userId: string): Promise<ApiToken[]>;
  /** False when the user has no such token. */
  revoke(userId: string, id: string): Promise<boolean>;
  /** Deletes all tokens of a user. Returns how many. */
  revokeAll(userId: string): Promise<number>;
  touch(id: string, at: Date): Promise<void>;
}
