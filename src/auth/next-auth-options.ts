import type { Account, AuthOptions, Profile } from "next-auth";
import { audit } from "../core/audit.ts";
import type { Logger } from "../core/ports/system.ts";
import type { User, Users } from "../core/ports/users.ts";
import type { AuthSettings } from "./auth-settings.ts";
import { callbackPath } from "./callback-path.ts";
import { credentialsProvider } from "./credentials-provider.ts";
import { nextAuthLog } from "./next-auth-log.ts";
import { oauthProviders } from "./oauth-providers.ts";
import type { PasswordAttempt } from "./password-sign-in.ts";
import type { ProviderIdentity } from "./provider-sign-in.ts";
import { usesSecureCookies } from "./session-cookie.ts";
import { type BrowserSessions, SESSION_SECONDS, type SessionClaims } from "./sessions.ts";
import type { SignInError } from "./sign-in-errors.ts";

const SIGN_IN_PAGE = "/sign-in";

export interface NextAuthDependencies {
  readonly settings: AuthSettings;
  readonly users: Pick<Users, "findByAccount">;
  readonly sessions: BrowserSessions;
  readonly signInByPassword: (attempt: PasswordAttempt) => Promise<User | null>;
  readonly signInByProvider: (identity: ProviderIdentity) => Promise<User | SignInError>;
  readonly log: Logger;
}

/**
 * NextAuth without an adapter: sessions are encrypted JWTs that name a user and the version of the
 * user's credentials; who the user is now is read from the database each time.
 */
export function createNextAuthOptions(deps: NextAuthDependencies): AuthOptions {
  const { settings, log } = deps;
  return {
    secret: settings.secret,
    useSecureCookies: usesSecureCookies(settings.publicUrl),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: SIGN_IN_PAGE, error: SIGN_IN_PAGE },
    logger: nextAuthLog(log),
    providers: [credentialsProvider(deps), ...oauthProviders(settings)],
    events: {
      async signOut({ token }) {
        const userId = await deps.sessions.end(token);
        if (userId !== null) audit(log, "sign-out", { principal: userId });
      },
    },
    callbacks: {
      redirect: ({ url, baseUrl }) => `${baseUrl}${callbackPath(url, baseUrl)}`,
      async signIn({ account, profile }) {
        if (account?.type !== "oauth") return true;
        const { provider } = account;
        const found = await signInOrWord(deps, identityOf(account, profile));
        if (typeof found !== "string") {
          audit(log, "sign-in", { provider, principal: found.id });
          return true;
        }
        audit(log, "sign-in-failed", { provider, principal: null, reason: found });
        return `${SIGN_IN_PAGE}?error=${found}`;
      },
      async jwt({ token, user, account }) {
        // `account` is there only at sign-in; afterwards the claims stay as they are.
        if (account) return { ...(await beginSession(deps, account, user)) };
        await renewQuietly(deps, token);
        return token;
      },
      async session({ session, token }) {
        const { expires } = session;
        const user = await readOrNothing(deps, token);
        // An unavailable database must not sign users out.
        if (user === undefined) return { expires };
        // NextAuth answers a thrown error with an empty session and clears the cookie.
        if (user === null) throw new Error("the session no longer counts");
        const { id, email, name, role } = user;
        return { expires, user: { id, email, name, role } };
      },
    },
  };
}

/** NextAuth would show a thrown error's message to the visitor: only words meant for it leave here. */
async function signInOrWord(
  deps: NextAuthDependencies,
  identity: ProviderIdentity,
): Promise<User | SignInError> {
  try {
    return await deps.signInByProvider(identity);
  } catch (error) {
    deps.log.error({ err: error, provider: identity.provider }, "a sign-in could not be checked");
    return "Unavailable";
  }
}

/** The user of a session; null if it has ended, undefined if the database is unavailable. */
async function readOrNothing(
  deps: NextAuthDependencies,
  claims: object,
): Promise<User | null | undefined> {
  try {
    return await deps.sessions.readClaims(claims);
  } catch (error) {
    deps.log.warn({ err: error }, "a session could not be read");
    return undefined;
  }
}

/** An unavailable database must not sign users out: the next check of the session tries again. */
async function renewQuietly({ sessions, log }: NextAuthDependencies, claims: object) {
  await sessions.renew(claims).catch((error: unknown) => {
    log.warn({ err: error }, "a session could not be renewed");
  });
}

function identityOf(account: Account, profile: Profile | undefined): ProviderIdentity {
  const { email, name, email_verified } = Object(profile) as Record<string, unknown>;
  return {
    provider: account.provider,
    subject: account.providerAccountId,
    // Only the boolean counts (OpenID Connect Core §5.1), not what might read like one.
    verifiedEmail: email_verified === true && typeof email === "string" ? email : null,
    name: typeof name === "string" ? name : null,
  };
}

/** Creates the session of a sign-in. Throws if the user was removed after the credentials were checked. */
async function beginSession(
  deps: NextAuthDependencies,
  account: Account,
  user: object,
): Promise<SessionClaims> {
  if (account.type === "credentials") {
    const { id, tokenVersion } = user as { id: string; tokenVersion: number };
    return deps.sessions.begin({ id, tokenVersion });
  }
  const found = await deps.users.findByAccount(account.provider, account.providerAccountId);
  if (found === null) throw new Error("the account is not linked to a user");
  return deps.sessions.begin(found);
}
