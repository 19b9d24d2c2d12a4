import { randomInt } from "node:crypto";
import { isUploadError } from "../core/errors.ts";
import type { KeyedMutex } from "../core/ports/keyed-mutex.ts";
import type { Users } from "../core/ports/users.ts";
import { requireEmail } from "./account-input.ts";
import type { AuthSettings } from "./auth-settings.ts";
import type { Passwords } from "./passwords.ts";

/** The first administrator's address when the settings name none. */
export const DEFAULT_ADMIN_EMAIL = "admin@example.com";

/** Letters and digits that look different, for a password that is read from a terminal. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
const GENERATED_LENGTH = 20;

/**
 * Creates an administrator if there is none, otherwise returns null. `password` is the
 * one that was made up, to be shown once; null when the settings gave it. A user who already has
 * the address becomes the administrator, with that password. INVALID_INPUT for a bad ADMIN_EMAIL.
 */
export function createFirstAdmin(deps: {
  users: Users;
  passwords: Passwords;
  mutex: KeyedMutex;
  settings: Pick<AuthSettings, "adminEmail" | "adminPassword">;
}): () => Promise<{ email: string; password: string | null } | null> {
  const { users, settings, mutex } = deps;
  // Of several instances that start at once only one makes a password up.
  return () => mutex.runExclusive("users", create);

  async function create() {
    if (await users.adminExists()) return null;
    const email = requireEmail(settings.adminEmail ?? DEFAULT_ADMIN_EMAIL);
    const given = settings.adminPassword;
    const password = given ?? makePassword();
    const passwordHash = await deps.passwords.hash(password);
    const made = await appoint(users, email, passwordHash);
    return made ? { email, password: given === null ? password : null } : null;
  }
}

/** False when another instance was faster. */
async function appoint(users: Users, email: string, passwordHash: string): Promise<boolean> {
  const known = await users.findByEmail(email);
  if (known !== null) {
    await users.update(known.id, { role: "admin", passwordHash, disabled: false });
    return true;
  }
  try {
    await users.create({ email, name: null, role: "admin", passwordHash });
    return true;
  } catch (error) {
    if (isUploadError(error) && error.code === "INVALID_INPUT") return false;
    throw error;
  }
}

function makePassword(): string {
  const pick = () => alphabet.charAt(randomInt(alphabet.length));
  return Array.from({ length: GENERATED_LENGTH }, pick).join("");
}
