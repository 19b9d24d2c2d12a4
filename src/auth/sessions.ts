import { decode } from "next-auth/jwt";
import type { Opening } from "../core/ports/openings.ts";
import type { Sessions } from "../core/ports/sessions.ts";
import type { Clock } from "../core/ports/system.ts";
import type { User } from "../core/ports/users.ts";
import type { UserPrincipal } from "../core/principal.ts";
import { principalOf, type ValidCredentials } from "./valid-credentials.ts";

/** A session ends when it is not used for this many seconds. Each request of the page for its session renews it. */
export const SESSION_SECONDS = 30 * 86_400;
/**
 * The record outlives the cookie by up to so much (ms), so that a session in use writes its record
 * once a day and not at each renewal of the cookie.
 */
const RENEWAL_MS = 86_400_000;

/** The content of the session cookie; everything else is read from the database on every request. */
export interface SessionClaims {
  /** The user's id. */
  readonly uid: string;
  /** The session's id. */
  readonly sid: string;
  readonly tokenVersion: number;
}

/** Browser sessions as NextAuth's cookies carry them. */
export interface BrowserSessions {
  /** Begins a session. `tokenVersion` is the one that was read together with the user's password. */
  begin(user: Pick<User, "id" | "tokenVersion">): Promise<SessionClaims>;
  /** The user of a session cookie's value; null when it does not verify or is not valid any more. */
  read(token: string, opening?: Opening | null): Promise<UserPrincipal | null>;
  /** The user of verified claims, if the session is valid. */
  readClaims(claims: object): Promise<User | null>;
  /** Keeps the record of a session in use from expiring before its cookie. */
  renew(claims: object): Promise<void>;
  /** Ends the session of verified claims. Returns its user's id; null when it was not live. */
  end(claims: object | null): Promise<string | null>;
}

/** A JWE with direct encryption has an empty key part. Other kinds never come from us. */
const direct = /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * NextAuth's sessions over records: a session is valid while its record is live, its user is not
 * disabled and has the `tokenVersion` that the session began with.
 */
export function createBrowserSessions(deps: {
  valid: ValidCredentials;
  sessions: Sessions;
  clock: Clock;
  secret: string;
}): BrowserSessions {
  const { valid, sessions, clock } = deps;
  const recordExpiry = () => new Date(clock.now().getTime() + SESSION_SECONDS * 1000 + RENEWAL_MS);

  const userOf = async (
    { uid, sid, tokenVersion }: SessionClaims,
    opening?: Opening | null,
  ): Promise<User | null> => {
    const user = await valid.bySession({ id: sid, tokenVersion }, opening);
    return user?.id === uid ? user : null;
  };
  return {
    async begin({ id, tokenVersion }) {
      const session = await sessions.create({ userId: id, expiresAt: recordExpiry() });
      return { uid: id, sid: session.id, tokenVersion };
    },
    async read(token, opening) {
      const claims = await decrypt(token, deps.secret);
      if (claims === null || !isSessionClaims(claims)) return null;
      const user = await userOf(claims, opening);
      const { sid: id, tokenVersion } = claims;
      return user && principalOf(user, { kind: "session", id, tokenVersion });
    },
    readClaims: async (claims) => (isSessionClaims(claims) ? userOf(claims) : null),
    async renew(claims) {
      if (!isSessionClaims(claims)) return;
      const found = await sessions.find(claims.sid);
      const left = (found?.session.expiresAt.getTime() ?? 0) - clock.now().getTime();
      if (found === null || left <= 0 || left >= SESSION_SECONDS * 1000) return;
      await sessions.extend(claims.sid, recordExpiry());
    },
    async end(claims) {
      if (claims === null || !isSessionClaims(claims)) return null;
      return (await sessions.end(claims.sid, clock.now())) ? claims.uid : null;
    },
  };
}

async function decrypt(token: string, secret: string): Promise<object | null> {
  if (!direct.test(token)) return null;
  try {
    return await decode({ token, secret });
  } catch {
    // Tampered with, expired, or made with another secret: all the same to the client.
    return null;
  }
}

function isSessionClaims(value: object): value is SessionClaims {
  const { uid, sid, tokenVersion } = value as Partial<Record<keyof SessionClaims, unknown>>;
  return typeof uid === "string" && typeof sid === "string" && Number.isSafeInteger(tokenVersion);
}
