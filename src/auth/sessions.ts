import { decode } from "next-auth/jwt";
import type { User, Users } from "../core/ports/users.ts";

/** What a session's token says; the rest is read from the database on every request. */
export interface SessionClaims {
  readonly uid: string;
  readonly tokenVersion: number;
}

export interface Sessions {
  /** The user of a session cookie's value; null when it does not verify or no longer counts. */
  read(token: string): Promise<User | null>;
  /** The user of verified claims, if the session still counts. */
  readClaims(claims: object): Promise<User | null>;
}

/** A JWE with direct encryption has an empty key part. Other kinds never come from us. */
const direct = /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Reads NextAuth's sessions. A session counts while its user exists, is not disabled and has the
 * `tokenVersion` that the session was made with: a new password, role or `disabled` ends it.
 */
export function createSessions(deps: { users: Pick<Users, "find">; secret: string }): Sessions {
  const readClaims = async (claims: object): Promise<User | null> => {
    if (!isSessionClaims(claims)) return null;
    const user = await deps.users.find(claims.uid);
    if (user === null || user.disabled || user.tokenVersion !== claims.tokenVersion) return null;
    return user;
  };
  return {
    readClaims,
    async read(token) {
      const claims = await decrypt(token, deps.secret);
      return claims === null ? null : readClaims(claims);
    },
  };
}

async function decrypt(token: string, secret: string): Promise<object | null> {
  if (!direct.test(token)) return null;
  try {
    return await decode({ token, secret });
  } catch {
    // Tampered with, expired, or made with another secret: all the same to the caller.
    return null;
  }
}

function isSessionClaims(value: object): value is SessionClaims {
  const { uid, tokenVersion } = value as Partial<Record<keyof SessionClaims, unknown>>;
  return typeof uid === "string" && Number.isSafeInteger(tokenVersion);
}
