import type { AuthOptions } from "next-auth";
import type { TicketService, TokenService, UserService } from "../core/account-services.ts";
import type { Authenticate } from "../core/ports/authenticator.ts";
import type { FailureCounts } from "../core/ports/failure-counts.ts";
import type { KeyedMutex } from "../core/ports/keyed-mutex.ts";
import type { Openings } from "../core/ports/openings.ts";
import type { Sessions } from "../core/ports/sessions.ts";
import type { Clock, Ids, Logger } from "../core/ports/system.ts";
import type { Tokens } from "../core/ports/tokens.ts";
import type { Users } from "../core/ports/users.ts";
import { createApiTokenReader } from "./api-tokens.ts";
import type { AuthSettings } from "./auth-settings.ts";
import { createAuthenticate } from "./authenticate.ts";
import { createFirstAdmin } from "./first-admin.ts";
import { createLoginAttempts } from "./login-attempts.ts";
import { createNextAuthOptions } from "./next-auth-options.ts";
import { createPasswordSignIn } from "./password-sign-in.ts";
import { createPasswords } from "./passwords.ts";
import { createProviderSignIn } from "./provider-sign-in.ts";
import { sessionCookieName } from "./session-cookie.ts";
import { type BrowserSessions, createBrowserSessions } from "./sessions.ts";
import { createTickets } from "./tickets.ts";
import { createTokenService } from "./token-service.ts";
import { createUserService } from "./user-service.ts";
import { createValidCredentials } from "./valid-credentials.ts";

export interface AuthDependencies {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  /** Null or left out: bodies are opened after their senders are known. */
  readonly openings?: Openings | null | undefined;
  /** Of failed attempts to sign in. */
  readonly failureCounts: FailureCounts;
  readonly mutex: KeyedMutex;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly settings: AuthSettings;
}

/** Authentication: sessions, tokens, tickets, passwords and providers. */
export interface Auth {
  readonly authenticate: Authenticate;
  readonly tokens: TokenService;
  readonly users: UserService;
  readonly tickets: TicketService;
  readonly sessions: BrowserSessions;
  readonly nextAuthOptions: AuthOptions;
  /** The providers that the sign-in page offers in addition to the password, in their order. */
  readonly signInProviders: readonly { readonly id: string; readonly name: string }[];
  /**
   * Makes an administrator while there is none. `password` was generated and must be
   * shown once; null when the settings gave it. Returns null when there is an administrator.
   */
  ensureFirstAdmin(): Promise<{ email: string; password: string | null } | null>;
}

/** Puts identity together. Does no I/O: nothing happens before the first call. */
export function createAuth(deps: AuthDependencies): Auth {
  const { users, tokens, clock, log, settings } = deps;
  const { secret } = settings;
  const passwords = createPasswords(deps.ids);
  const valid = createValidCredentials(deps);
  const tickets = createTickets({ secret, users, clock });
  const sessions = createBrowserSessions({ valid, sessions: deps.sessions, clock, secret });
  const attempts = createLoginAttempts(settings.loginRate, { counts: deps.failureCounts, clock });
  const nextAuthOptions = createNextAuthOptions({
    settings,
    users,
    sessions,
    log,
    signInByPassword: createPasswordSignIn({ users, passwords, attempts, log }),
    signInByProvider: createProviderSignIn({ users, signup: settings.signup }),
  });
  return {
    authenticate: createAuthenticate({
      tickets,
      valid,
      sessions,
      readApiToken: createApiTokenReader({ valid, tokens, clock, log }),
      cookieName: sessionCookieName(settings.publicUrl),
      allowAnonymous: settings.allowAnonymous,
    }),
    tokens: createTokenService(deps),
    users: createUserService({ users, passwords, mutex: deps.mutex }),
    tickets,
    sessions,
    nextAuthOptions,
    signInProviders: nextAuthOptions.providers
      .filter((provider) => provider.type === "oauth")
      .map(({ id, name }) => ({ id, name })),
    ensureFirstAdmin: createFirstAdmin({ users, passwords, settings, mutex: deps.mutex }),
  };
}
