import { LONGEST_PASSWORD, normalEmail } from "../core/account-rules.ts";
import { audit } from "../core/audit.ts";
import type { Logger } from "../core/ports/system.ts";
import type { User, Users } from "../core/ports/users.ts";
import type { LoginAttempts } from "./login-attempts.ts";
import type { Passwords } from "./passwords.ts";
import { peerKey } from "./peer-address.ts";

/** The unchecked input of a sign-in form, and the address of the client. */
export interface PasswordAttempt {
  readonly email: unknown;
  readonly password: unknown;
  readonly address: unknown;
}

/**
 * Returns the user of an address and a password, or null. Unknown addresses, users without a
 * password and disabled users take as long as a wrong password. Throws RATE_LIMITED before any
 * password is checked.
 */
export function createPasswordSignIn(deps: {
  users: Pick<Users, "findByEmail">;
  passwords: Passwords;
  attempts: LoginAttempts;
  log: Logger;
}): (attempt: PasswordAttempt) => Promise<User | null> {
  const { users, passwords, attempts, log } = deps;
  return async (attempt) => {
    const address = peerKey(attempt.address);
    const facts = { provider: "credentials", address };
    const failed = { ...facts, principal: null };
    const email = typeof attempt.email === "string" ? normalEmail(attempt.email) : null;
    const password = typeof attempt.password === "string" ? attempt.password : "";
    await attempts.check(address, email ?? "").catch((error: unknown) => {
      audit(log, "sign-in-failed", { ...failed, reason: "rate-limited" });
      throw error;
    });

    const user = email === null ? null : await users.findByEmail(email);
    const fits = password !== "" && password.length <= LONGEST_PASSWORD;
    const right = await passwords.verify(user?.passwordHash ?? null, fits ? password : "-");
    if (!right || !fits || user === null || user.disabled) {
      audit(log, "sign-in-failed", {
        ...failed,
        subjectId: user?.id,
        reason: reasonOf(user, right),
      });
      return null;
    }
    await attempts.succeeded(address, user.email);
    audit(log, "sign-in", { ...facts, principal: user.id });
    return user;
  };
}

/** For the log only; the response does not contain it. An unknown e-mail address is not logged: it may be a mistyped password. */
function reasonOf(user: User | null, right: boolean): string {
  if (user === null) return "unknown-user";
  return user.disabled && right ? "disabled" : "wrong-password";
}
