import { normalEmail } from "../core/account-rules.ts";
import { isUploadError } from "../core/errors.ts";
import type { User, Users } from "../core/ports/users.ts";
import { requireName } from "./account-input.ts";
import type { AuthSettings } from "./auth-settings.ts";
import type { SignInError } from "./sign-in-errors.ts";

/** A user as identified by a provider. */
export interface ProviderIdentity {
  readonly provider: string;
  /** The provider's own id of the person. */
  readonly subject: string;
  /** Only an address that the provider has verified; else null. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
}

/**
 * The user of a provider's account. A linked account determines the user, even if its address has changed.
 * An account that is not linked yet is linked to the user with its verified address. Without such a user,
 * one is created if sign-up is open; otherwise returns the error code for the sign-in page.
 */
export function createProviderSignIn(deps: {
  users: Users;
  signup: AuthSettings["signup"];
}): (identity: ProviderIdentity) => Promise<User | SignInError> {
  const { users, signup } = deps;

  const userByEmail = async (email: string, name: string | null): Promise<User | SignInError> => {
    const known = await users.findByEmail(email);
    if (known !== null) return known;
    return signup === "open" ? createOnce(users, email, name) : "SignupClosed";
  };

  return async (identity) => {
    const { provider, subject } = identity;
    const linked = await users.findByAccount(provider, subject);
    if (linked !== null) return linked.disabled ? "AccountDisabled" : linked;

    const email = identity.verifiedEmail === null ? null : exactEmail(identity.verifiedEmail);
    if (email === null) return "EmailNotVerified";
    const user = await userByEmail(email, identity.name);
    if (typeof user === "string") return user;
    if (user.disabled) return "AccountDisabled";
    await users.linkAccount({ userId: user.id, provider, subject });
    return user;
  };
}

/** The address in lower case; null if folding changes more than the case, because the result may be another user's address. */
function exactEmail(given: string): string | null {
  return given.normalize("NFKC") === given ? normalEmail(given) : null;
}

/** Makes the user; when the same person was faster in another tab, that one is the user. */
async function createOnce(users: Users, email: string, name: string | null): Promise<User> {
  try {
    return await users.create({ email, name: displayName(name), role: "user", passwordHash: null });
  } catch (error) {
    const known = isUploadError(error) ? await users.findByEmail(email) : null;
    if (known === null) throw error;
    return known;
  }
}

/** The display name from a provider is optional: a name that cannot be stored is omitted. */
function displayName(name: string | null): string | null {
  try {
    return name === null ? null : requireName(name);
  } catch {
    return null;
  }
}
