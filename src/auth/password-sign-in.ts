import { LONGEST_PASSWORD, normalEmail } from "../core/account-rules.ts";
import type { User, Users } from "../core/ports/users.ts";
import type { LoginAttempts } from "./login-attempts.ts";
import type { Passwords } from "./passwords.ts";
import { peerKey } from "./peer-address.ts";

/** What somebody typed, unchecked, and the address it came from. */
export interface PasswordAttempt {
  readonly email: unknown;
  readonly password: unknown;
  readonly address: unknown;
}

/**
 * Answers the user of an address and a password, or null. Unknown addresses, users without a
 * password and disabled users take as long as a wrong password. Throws RATE_LIMITED before any
 * password is looked at.
 */
export function createPasswordSignIn(deps: {
  users: Pick<Users, "findByEmail">;
  passwords: Passwords;
  attempts: LoginAttempts;
}): (attempt: PasswordAttempt) => Promise<User | null> {
  const { users, passwords, attempts } = deps;
  return async (attempt) => {
    const address = peerKey(attempt.address);
    const email = typeof attempt.email === "string" ? normalEmail(attempt.email) : null;
    const password = typeof attempt.password === "string" ? attempt.password : "";
    await attempts.check(address, email ?? "");

    const user = email === null ? null : await users.findByEmail(email);
    const fits = password !== "" && password.length <= LONGEST_PASSWORD;
    const right = await passwords.verify(user?.passwordHash ?? null, fits ? password : "-");
    if (!right || !fits || user === null || user.disabled) return null;
    attempts.succeeded(address, user.email);
    return user;
  };
}
