import type { PublicUser, UserService, UserUpdate } from "../core/account-services.ts";
import { UploadError } from "../core/errors.ts";
import type { KeyedMutex } from "../core/ports/keyed-mutex.ts";
import type { User, UserChanges, Users } from "../core/ports/users.ts";
import { invalid, requireEmail, requireId, requireName, requirePassword } from "./account-input.ts";
import type { Passwords } from "./passwords.ts";

/** Users, for administrators. At least one enabled user always remains an administrator. */
export function createUserService(deps: {
  users: Users;
  passwords: Passwords;
  mutex: KeyedMutex;
}): UserService {
  const { users, passwords, mutex } = deps;

  const update = async (ask: UserUpdate): Promise<PublicUser> => {
    const user = await users.find(requireId(ask.id));
    if (user === null) throw new UploadError("NOT_FOUND");
    await keepAnAdmin(users, user, ask);
    const changes = await changesOf(user, ask, passwords);
    const nothing = Object.keys(changes).length === 0;
    return toPublicUser(nothing ? user : await users.update(user.id, changes));
  };

  return {
    list: async () => (await users.list()).map(toPublicUser),
    async create(ask) {
      const email = requireEmail(ask.email);
      const name = ask.name === undefined ? null : requireName(ask.name);
      const password = ask.password === undefined ? null : requirePassword(ask.password);
      const passwordHash = password === null ? null : await passwords.hash(password);
      return toPublicUser(
        await users.create({ email, name, role: ask.role ?? "user", passwordHash }),
      );
    },
    // One after the other: two admins who demote each other at once would both succeed.
    update: (ask) => mutex.runExclusive("users", () => update(ask)),
  };
}

/** INVALID_INPUT when the change would leave no enabled administrator. */
async function keepAnAdmin(users: Users, user: User, ask: UserUpdate): Promise<void> {
  if (user.role !== "admin" || user.disabled) return;
  const demoted = ask.role === "user";
  if (!demoted && ask.disabled !== true) return;
  const others = (await users.list()).filter((other) => other.id !== user.id);
  if (others.some((other) => other.role === "admin" && !other.disabled)) return;
  invalid(demoted ? "role" : "disabled", "This is the last enabled administrator.");
}

/** What really changes: a value repeated must not end the user's sessions. */
async function changesOf(user: User, ask: UserUpdate, passwords: Passwords): Promise<UserChanges> {
  const changes: UserChanges = {};
  if (ask.name !== undefined) changes.name = requireName(ask.name);
  if (ask.role !== undefined && ask.role !== user.role) changes.role = ask.role;
  if (ask.disabled !== undefined && ask.disabled !== user.disabled) {
    changes.disabled = ask.disabled;
  }
  if (ask.password !== undefined) {
    changes.passwordHash = await passwords.hash(requirePassword(ask.password));
  }
  return changes;
}

function toPublicUser(user: User): PublicUser {
  const { id, email, name, role, disabled, createdAt } = user;
  return { id, email, name, role, disabled, createdAt };
}
