import type { Authenticate, Authenticated } from "../core/ports/authenticator.ts";
import type { User } from "../core/ports/users.ts";
import type { Principal, UserPrincipal } from "../core/principal.ts";
import { readBearer } from "./bearer.ts";
import { readSessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import type { Tickets } from "./tickets.ts";

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
  sessions: Sessions;
  readApiToken: (bearer: string) => Promise<User | null>;
  cookieName: string;
  allowAnonymous: boolean;
}): Authenticate {
  const byBearer = async (bearer: string): Promise<Principal | null> => {
    const ticket = deps.tickets.read(bearer);
    if (ticket !== null) return { kind: "ticket", uploadId: ticket.uploadId };
    const user = await deps.readApiToken(bearer);
    return user === null ? null : principalOf(user, "token");
  };

  return async ({ authorization, cookie }): Promise<Authenticated | null> => {
    if (authorization !== null) {
      const bearer = readBearer(authorization);
      const principal = bearer === null ? null : await byBearer(bearer);
      return principal && { principal, byCookie: false };
    }
    const session = readSessionCookie(cookie, deps.cookieName);
    if (session !== null) {
      const user = await deps.sessions.read(session);
      return user && { principal: principalOf(user, "session"), byCookie: true };
    }
    return deps.allowAnonymous ? { principal: { kind: "anonymous" }, byCookie: false } : null;
  };
}

/** The role is the database's, never a token's. */
function principalOf(user: User, via: UserPrincipal["via"]): UserPrincipal {
  return { kind: "user", id: user.id, email: user.email, role: user.role, via };
}
