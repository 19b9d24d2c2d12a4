import type { Logger } from "./ports/system.ts";
import type { Principal } from "./principal.ts";
import type { Upload } from "./upload.ts";

/** An action that gets its own log line, so that an operator can find out later who did it. */
export type AuditAction =
  | "sign-in"
  | "sign-in-failed"
  | "sign-out"
  | "token-created"
  | "token-revoked"
  | "all-revoked"
  | "upload-deleted"
  | "uploads-deleted"
  | "user-created"
  | "user-updated"
  | "sweep";

/** The facts of an audit line: ids, counts and fixed words only, so that no secret can be among them. */
export interface AuditFacts {
  /** Who did it: a user's id, "operator" (the command line) or "anonymous". Left out: not known. */
  readonly userId?: string | undefined;
  /** The `X-Request-Id` of the request, as in its own log line. */
  readonly requestId?: string | null | undefined;
  readonly address?: string | undefined;
  /** How somebody signs in: "credentials" or a provider's name. */
  readonly provider?: string | undefined;
  /** Why a sign-in failed. */
  readonly reason?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly uploadId?: string | undefined;
  readonly uploadIds?: readonly string[] | undefined;
  readonly ownerId?: string | null | undefined;
  /** The user who was made or changed, and which of the fields. */
  readonly subjectId?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly counts?: { readonly [what: string]: number } | undefined;
}

/** Writes one audit line at `info`; `audit` names the action. */
export function audit(log: Logger, action: AuditAction, facts: AuditFacts): void {
  log.info({ audit: action, ...facts }, `audit: ${action}`);
}

/** The `userId` of an audit line. */
export function actorOf(principal: Principal): string {
  if (principal.kind !== "user") return principal.kind;
  // Without a credential the operator acts for the user.
  return principal.credential === undefined ? "operator" : principal.id;
}

/** How an audit line names an upload: the id of an anonymous one is a secret, and shortened. */
export function auditedId({ id, ownerId }: Pick<Upload, "id" | "ownerId">): string {
  return ownerId === null ? `${id.slice(0, 8)}…` : id;
}
