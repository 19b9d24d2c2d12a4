import type { Principal } from "../principal.ts";
import type { Opening } from "./openings.ts";

/** What a request shows of its sender. */
export interface Credentials {
  readonly authorization: string | null;
  readonly cookie: string | null;
}

export interface Authenticated {
  readonly principal: Principal;
  /** True when a cookie decided: only then must cross-site requests be refused. */
  readonly byCookie: boolean;
}

/**
 * Resolves the sender of a request. A present `Authorization` header alone decides; the cookie is
 * then ignored. Null: there is no valid credential, and anonymous uploads are not allowed. If it needs no
 * additional statement, `opening` receives what it requested; its sender may still be refused.
 */
export type Authenticate = (
  credentials: Credentials,
  opening?: Opening | null,
) => Promise<Authenticated | null>;

/**
 * Checks again, later in a request, whether the credential of `principal` is still valid: the
 * principal as it is now (another role, say); null when its user was disabled, or the session,
 * token or ticket was revoked. That a ticket expires meanwhile does not count here.
 */
export type Recheck = (principal: Principal) => Promise<Principal | null>;
