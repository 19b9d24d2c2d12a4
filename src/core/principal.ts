import type { Upload } from "./upload.ts";

export type Role = "user" | "admin";

/** Who is asking, whatever they showed: a session cookie, an API token, a ticket, or nothing. */
export type Principal = UserPrincipal | TicketPrincipal | AnonymousPrincipal;

export interface UserPrincipal {
  readonly kind: "user";
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  /** A session may manage tokens and users; a token may not. */
  readonly via: "session" | "token";
}

/** The bearer of a short-lived ticket: may append to, read and complete this one upload. */
export interface TicketPrincipal {
  readonly kind: "ticket";
  readonly uploadId: string;
}

/** Nobody in particular; exists only where anonymous uploads are allowed. */
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
 * Whether `principal` may do `action` to `upload`. The answer to "no" is always NOT_FOUND: nobody
 * learns that another user's upload exists.
 */
export function mayReach(
  principal: Principal,
  upload: Pick<Upload, "id" | "ownerId">,
  ask: { action: UploadAction; policy: AccessPolicy },
): boolean {
  const { action, policy } = ask;
  if (principal.kind === "ticket") {
    return principal.uploadId === upload.id && action !== "download" && action !== "delete";
  }
  if (upload.ownerId === null) return policy.allowAnonymous || isAdminDownload(principal, action);
  if (principal.kind === "anonymous") return false;
  if (principal.id === upload.ownerId || isAdminDownload(principal, action)) return true;
  return !policy.userRestricted && action !== "delete";
}

function isAdminDownload(principal: Principal, action: UploadAction): boolean {
  return principal.kind === "user" && principal.role === "admin" && action === "download";
}
