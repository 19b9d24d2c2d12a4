import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { TicketService } from "../core/account-services.ts";
import { UploadError } from "../core/errors.ts";
import type { Clock } from "../core/ports/system.ts";
import type { Users } from "../core/ports/users.ts";
import type { Principal, TicketIssuer, TicketPrincipal } from "../core/principal.ts";

export interface Tickets extends TicketService {
  /** Returns the contents of a ticket; null for an expired, altered or foreign one. Does not check its issuer. */
  read(bearer: string): TicketPrincipal | null;
}

/** Seconds that a ticket may live at most. */
export const LONGEST_TICKET_SECONDS = 86_400;

/** `ut_`, the signed body in base64url, a dot, HMAC-SHA-256 in base64url. */
const form = /^ut_([\w-]{1,300})\.([\w-]{43})$/;
/** The signed body: end in ms, issuer's ticket version, issuer ("" for an anonymous one), upload. */
const bodyForm = /^(\d+)\.(\d+)\.([\w-]*)\.([\w-]+)$/;

/**
 * Tickets are signed with a key of their own, derived from the installation's secret, so that
 * nothing else signed with that secret can pass for one. There is no record of a single ticket: all
 * tickets of a user end together, since the user's `ticketVersion` is part of what is signed.
 */
export function createTickets(deps: {
  secret: string;
  users: Pick<Users, "find">;
  clock: Clock;
}): Tickets {
  const label = "trpc-chunked-upload ticket v2";
  const key = Buffer.from(hkdfSync("sha256", deps.secret, "", label, 32));
  const sign = (body: string) => createHmac("sha256", key).update(body).digest("base64url");

  return {
    async issue(principal, { uploadId, expiresInSeconds }) {
      if (!isLifetime(expiresInSeconds)) {
        throw new UploadError("INVALID_INPUT", {
          message: `A ticket lives between 1 and ${LONGEST_TICKET_SECONDS} seconds.`,
          details: { field: "expiresInSeconds" },
        });
      }
      const issuer = await issuerOf(principal, deps.users);
      const expiresAt = new Date(deps.clock.now().getTime() + expiresInSeconds * 1000);
      const parts = [expiresAt.getTime(), issuer?.ticketVersion ?? 0, issuer?.id ?? "", uploadId];
      const body = Buffer.from(parts.join(".")).toString("base64url");
      return { ticket: `ut_${body}.${sign(body)}`, expiresAt };
    },
    read(bearer) {
      const [, body, signature] = form.exec(bearer) ?? [];
      if (body === undefined || signature === undefined) return null;
      // The texts are compared, not the bytes: base64 has several texts for the same bytes.
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(sign(body)))) return null;
      const [, ends, version, id = "", uploadId] =
        bodyForm.exec(Buffer.from(body, "base64url").toString()) ?? [];
      if (uploadId === undefined || Number(ends) <= deps.clock.now().getTime()) return null;
      const issuer = id === "" ? null : { id, ticketVersion: Number(version) };
      return { kind: "ticket", uploadId, issuer, expiresAt: new Date(Number(ends)) };
    },
  };
}

async function issuerOf(
  principal: Principal,
  users: Pick<Users, "find">,
): Promise<TicketIssuer | null> {
  if (principal.kind === "anonymous") return null;
  const user = principal.kind === "user" ? await users.find(principal.id) : null;
  if (user === null || user.disabled) throw new UploadError("UNAUTHENTICATED");
  return { id: user.id, ticketVersion: user.ticketVersion };
}

function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_TICKET_SECONDS;
}
