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
  /**
   * The principal, as in the request log: a user's id, "ticket" or "anonymous"; "operator" for the
   * command line. Null: no principal was identified.
   */
  readonly principal: string | null;
  readonly address?: string | undefined;
  /** The sign-in method: "credentials" or a provider's name. */
  readonly provider?: string | undefined;
  /** Why a sign-in failed. */
  readonly reason?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly uploadId?: string | undefined;
  readonly uploadIds?: readonly string[] | undefined;
  readonly ownerId?: string | null | undefined;
  /** The user who was made or changed, or whose sign-in failed; and which of the fields changed. */
  readonly subjectId?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly counts?: { readonly [what: string]: number } | undefined;
}

/**
 * Writes one audit line at `info`; `audit` names the action. `log` adds the `requestId`: that of the
 * line of the request, or one for all lines of a command of the operator.
 */
export function audit(log: Logger, action: AuditAction, facts: AuditFacts): void {
  log.info({ audit: action, ...facts }, `audit: ${action}`);
}

/** The `principal` of an audit line. */
export function actorOf(principal: Principal): string {
  // Without a credential the operator acts for the user.
  const byOperator = principal.kind === "user" && principal.credential === undefined;
  return byOperator ? "operator" : principalId(principal);
}

/** How the log names a principal: a user's id; for others the kind. A ticket names an upload, not a user. */
export function principalId(principal: Principal): string {
  return principal.kind === "user" ? principal.id : principal.kind;
}

/** How an audit line names an upload: the id of an anonymous one is a secret, and shortened. */
export function auditedId({ id, ownerId }: Pick<Upload, "id" | "ownerId">): string {
  return ownerId === null ? `${id.slice(0, 8)}…` : id;
}
