import type { TokenService } from "../core/account-services.ts";
import { UploadError } from "../core/errors.ts";
import type { Clock } from "../core/ports/system.ts";
import type { Tokens } from "../core/ports/tokens.ts";
import { requireId, requireTokenDays, requireTokenName } from "./account-input.ts";
import { newApiToken } from "./api-tokens.ts";

const DAY_MS = 86_400_000;

/** API tokens of a user. A token lives until it is revoked, unless days are asked for. */
export function createTokenService(deps: { tokens: Tokens; clock: Clock }): TokenService {
  const { tokens, clock } = deps;
  return {
    async create(owner, ask) {
      const name = requireTokenName(ask.name);
      const days = ask.expiresInDays === undefined ? null : requireTokenDays(ask.expiresInDays);
      const expiresAt = days === null ? null : new Date(clock.now().getTime() + days * DAY_MS);
      const { token, hash, prefix } = newApiToken();
      const made = await tokens.create({ userId: owner.id, name, prefix, hash, expiresAt });
      return { id: made.id, name, token, prefix, expiresAt };
    },
    list: (owner) => tokens.list(owner.id),
    async revoke(owner, id) {
      if (!(await tokens.revoke(owner.id, requireId(id)))) throw new UploadError("NOT_FOUND");
    },
  };
}
