import type { TokenService } from "../core/account-services.ts";
import { actorOf, audit } from "../core/audit.ts";
import { UploadError } from "../core/errors.ts";
import type { Sessions } from "../core/ports/sessions.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Tokens } from "../core/ports/tokens.ts";
import type { Users } from "../core/ports/users.ts";
import type { UserPrincipal } from "../core/principal.ts";
import { requireId, requireTokenDays, requireTokenName } from "./account-input.ts";
import { newApiToken } from "./api-tokens.ts";

const DAY_MS = 86_400_000;

/** API tokens of a user. A token is valid until it is revoked, or for the requested number of days. */
export function createTokenService(deps: {
  users: Pick<Users, "endTickets">;
  tokens: Tokens;
  sessions: Pick<Sessions, "endAll">;
  clock: Clock;
  log: Logger;
}): TokenService {
  const { users, tokens, sessions, clock, log } = deps;
  const by = (owner: UserPrincipal) => ({ principal: actorOf(owner), ownerId: owner.id });
  return {
    async create(owner, ask) {
      const name = requireTokenName(ask.name);
      const days = ask.expiresInDays === undefined ? null : requireTokenDays(ask.expiresInDays);
      const expiresAt = days === null ? null : new Date(clock.now().getTime() + days * DAY_MS);
      const { token, hash, prefix } = newApiToken();
      const made = await tokens.create({ userId: owner.id, name, prefix, hash, expiresAt });
      audit(log, "token-created", { ...by(owner), tokenId: made.id });
      return { id: made.id, name, token, prefix, expiresAt };
    },
    list: (owner) => tokens.list(owner.id),
    async revoke(owner, id) {
      if (!(await tokens.revoke(owner.id, requireId(id)))) throw new UploadError("NOT_FOUND");
      audit(log, "token-revoked", { ...by(owner), tokenId: id });
    },
    async revokeAll(owner) {
      await users.endTickets(owner.id);
      const revoked = await tokens.revokeAll(owner.id);
      const ended = await sessions.endAll(owner.id, { at: clock.now(), except: sessionOf(owner) });
      const counts = { tokens: revoked, sessions: ended };
      audit(log, "all-revoked", { ...by(owner), counts });
      return counts;
    },
  };
}

function sessionOf({ credential }: UserPrincipal): string | null {
  return credential?.kind === "session" ? credential.id : null;
}
