import type { Authenticate, Authenticated } from "../core/ports/authenticator.ts";
import type { Opening } from "../core/ports/openings.ts";
import type { Principal } from "../core/principal.ts";
import type { ReadApiToken } from "./api-tokens.ts";
import { readBearer } from "./bearer.ts";
import { readSessionCookie } from "./session-cookie.ts";
import type { BrowserSessions } from "./sessions.ts";
import type { Tickets } from "./tickets.ts";
import type { ValidCredentials } from "./valid-credentials.ts";

/**
 * The one place where a request becomes a principal.
 *
 * A present `Authorization` header alone decides, even an empty one. Without it the session cookie
 * does. Only who shows neither is anonymous, where that is allowed: a credential that fails is
 * refused, so that an upload does not silently lose its owner when a session or token ends.
 * Throws UNAVAILABLE when the database is away; hostile headers never throw.
 */
export function createAuthenticate(deps: {
  tickets: Tickets;
  valid: ValidCredentials;
  sessions: BrowserSessions;
  readApiToken: ReadApiToken;
  cookieName: string;
  allowAnonymous: boolean;
}): Authenticate {
  const byBearer = async (bearer: string, opening?: Opening | null): Promise<Principal | null> => {
    const ticket = deps.tickets.read(bearer);
    if (ticket === null) return deps.readApiToken(bearer, opening);
    const { issuer } = ticket;
    return issuer === null || (await deps.valid.isIssuer(issuer)) ? ticket : null;
  };

  return async ({ authorization, cookie }, opening): Promise<Authenticated | null> => {
    if (authorization !== null) {
      const bearer = readBearer(authorization);
      const principal = bearer === null ? null : await byBearer(bearer, opening);
      return principal && { principal, byCookie: false };
    }
    const session = readSessionCookie(cookie, deps.cookieName);
    if (session !== null) {
      const principal = await deps.sessions.read(session, opening);
      return principal && { principal, byCookie: true };
    }
    return deps.allowAnonymous ? { principal: { kind: "anonymous" }, byCookie: false } : null;
  };
}
