import type { CredentialsConfig } from "next-auth/providers/credentials";
import { isUploadError } from "../core/errors.ts";
import type { Logger } from "../core/ports/system.ts";
import type { User } from "../core/ports/users.ts";
import type { AuthSettings } from "./auth-settings.ts";
import type { PasswordAttempt } from "./password-sign-in.ts";
import { PEER_ADDRESS_HEADER } from "./peer-address.ts";
import { rateLimitedError, type SignInError } from "./sign-in-errors.ts";

type Fields = { email: { label: string; type: string }; password: { label: string; type: string } };

/**
 * Sign-in by e-mail and password. NextAuth carries a thrown error's message to the sign-in page,
 * so only words meant for it are thrown.
 */
export function credentialsProvider(deps: {
  settings: Pick<AuthSettings, "peersAreStamped">;
  signInByPassword: (attempt: PasswordAttempt) => Promise<User | null>;
  log: Logger;
}): CredentialsConfig<Fields> {
  return {
    id: "credentials",
    name: "E-mail and password",
    type: "credentials",
    credentials: {
      email: { label: "E-mail", type: "email" },
      password: { label: "Password", type: "password" },
    },
    async authorize(credentials, request) {
      const { email, password } = Object(credentials) as { email?: unknown; password?: unknown };
      const { peersAreStamped } = deps.settings;
      const address: unknown = peersAreStamped ? request.headers?.[PEER_ADDRESS_HEADER] : undefined;
      try {
        const user = await deps.signInByPassword({ email, password, address });
        if (user === null) return null;
        const { id, name, tokenVersion } = user;
        return { id, email: user.email, name, tokenVersion };
      } catch (error) {
        throw new Error(wordFor(error, deps.log));
      }
    },
  };
}

function wordFor(error: unknown, log: Logger): SignInError {
  if (isUploadError(error) && error.code === "RATE_LIMITED") {
    return rateLimitedError(error.retryAfterMs ?? 0);
  }
  log.error({ err: error }, "a sign-in could not be checked");
  return "Unavailable";
}
