import type { Upload } from "./upload.ts";

export type Role = "user" | "admin";

/** The sender of a request, identified by a session cookie, an API token, a ticket, or nothing. */
export type Principal = UserPrincipal | TicketPrincipal | AnonymousPrincipal;

export interface UserPrincipal {
  readonly kind: "user";
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  /** A session can manage tokens and users; a token cannot. */
  readonly via: "session" | "token";
  /** What the request showed; left out where the operator acts for the user. */
  readonly credential?: Credential | undefined;
}

/** Names a session or an API token, so that a long request can check it again. Holds no secret. */
export type Credential =
  | { readonly kind: "session"; readonly id: string; readonly tokenVersion: number }
  | { readonly kind: "token"; readonly id: string; readonly hash: string };

/** The user who issued a ticket, and the user's `ticketVersion` at that time. */
export interface TicketIssuer {
  readonly id: string;
  readonly ticketVersion: number;
}

/** The bearer of a short-lived ticket: may append to, read, watch and complete this one upload. */
export interface TicketPrincipal {
  readonly kind: "ticket";
  readonly uploadId: string;
  /** A ticket gives no right that its issuer does not have. Null: an anonymous client issued it. */
  readonly issuer: TicketIssuer | null;
  readonly expiresAt: Date;
}

/** A client without credentials. Exists only if anonymous uploads are allowed. */
export interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

export interface AccessPolicy {
  /** Only the user who created an upload may see and continue it. */
  readonly userRestricted: boolean;
  readonly allowAnonymous: boolean;
}

export type UploadAction = "read" | "append" | "complete" | "download" | "delete";

/**
 * Whether `principal` may do `action` to `upload`. The error for false is always NOT_FOUND, which does not
 * reveal that another user's upload exists.
 */
export function mayReach(
  principal: Principal,
  upload: Pick<Upload, "id" | "ownerId">,
  ask: { action: UploadAction; policy: AccessPolicy },
): boolean {
  const { action, policy } = ask;
  if (principal.kind === "ticket") {
    if (principal.uploadId !== upload.id || action === "download" || action === "delete")
      return false;
    return reachesAs(principal.issuer?.id ?? null, upload.ownerId, policy);
  }
  if (upload.ownerId === null) return policy.allowAnonymous || isAdminDownload(principal, action);
  if (principal.kind === "anonymous") return false;
  if (principal.id === upload.ownerId || isAdminDownload(principal, action)) return true;
  return !policy.userRestricted && action !== "delete";
}

/** Whether the user `id` (null: an anonymous client) may continue an upload of `ownerId`. */
function reachesAs(id: string | null, ownerId: string | null, policy: AccessPolicy): boolean {
  if (ownerId === null) return policy.allowAnonymous;
  return id !== null && (id === ownerId || !policy.userRestricted);
}

function isAdminDownload(principal: Principal, action: UploadAction): boolean {
  return principal.kind === "user" && principal.role === "admin" && action === "download";
}
