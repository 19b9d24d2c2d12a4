import { createHash, randomBytes } from "node:crypto";
import type { Opening } from "../core/ports/openings.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { ApiToken, Tokens } from "../core/ports/tokens.ts";
import type { UserPrincipal } from "../core/principal.ts";
import { principalOf, type ValidCredentials } from "./valid-credentials.ts";

/** `up_` and 32 random bytes in base64url: 43 characters. */
const form = /^up_[\w-]{43}$/;
/** So many first characters are kept readable, to know a token again. */
const SHOWN = 10;
/** `lastUsedAt` is written at most so often. */
const TOUCH_MS = 60_000;

/** A new API token, what is stored of it, and what its owner sees of it later. */
export function newApiToken(): { token: string; hash: string; prefix: string } {
  const token = `up_${randomBytes(32).toString("base64url")}`;
  return { token, hash: hashApiToken(token), prefix: token.slice(0, SHOWN) };
}

/** SHA-256 of the whole token, lower-case hex. 256 random bits need no slow hash. */
export function hashApiToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The user of an API token; null when it is not valid. */
export type ReadApiToken = (
  bearer: string,
  opening?: Opening | null,
) => Promise<UserPrincipal | null>;

/** Reads an API token with one query, valid or not. The time of use is written without waiting for it. */
export function createApiTokenReader(deps: {
  valid: ValidCredentials;
  tokens: Pick<Tokens, "touch">;
  clock: Clock;
  log: Logger;
}): ReadApiToken {
  const touch = createTouch(deps);
  return async (bearer, opening) => {
    if (!form.test(bearer)) return null;
    const hash = hashApiToken(bearer);
    const found = await deps.valid.byToken(hash, opening);
    if (found === null) return null;
    touch(found.token, deps.clock.now());
    return principalOf(found.user, { kind: "token", id: found.token.id, hash });
  };
}

/** Notes a token's use, once a minute: of many requests at once only the first one writes. */
function createTouch(deps: { tokens: Pick<Tokens, "touch">; log: Logger }) {
  const touched = new Map<string, number>();
  return (token: ApiToken, now: Date): void => {
    const last = Math.max(token.lastUsedAt?.getTime() ?? 0, touched.get(token.id) ?? 0);
    if (now.getTime() - last < TOUCH_MS) return;
    for (const [id, at] of touched) if (now.getTime() - at >= TOUCH_MS) touched.delete(id);
    touched.set(token.id, now.getTime());
    deps.tokens.touch(token.id, now).catch((error: unknown) => {
      deps.log.warn({ err: error, tokenId: token.id }, "the use of a token was not noted");
    });
  };
}
