import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { TicketService } from "../core/account-services.ts";
import { UploadError } from "../core/errors.ts";
import type { Clock } from "../core/ports/system.ts";

export interface Tickets extends TicketService {
  /** The upload that a ticket is for; null when it is none of ours, altered or expired. */
  read(bearer: string): { uploadId: string } | null;
}

/** Seconds that a ticket may live at most. */
export const LONGEST_TICKET_SECONDS = 86_400;

/** `ut_`, the upload and the end in base64url, a dot, HMAC-SHA-256 in base64url. */
const form = /^ut_([\w-]{1,200})\.([\w-]{43})$/;

/**
 * Tickets are signed with a key of their own, derived from the installation's secret, so that
 * nothing else signed with that secret can pass for one. There is no record of them: they cannot
 * be revoked one by one, and live a day at most.
 */
export function createTickets(deps: { secret: string; clock: Clock }): Tickets {
  const label = "trpc-chunked-upload ticket v1";
  const key = Buffer.from(hkdfSync("sha256", deps.secret, "", label, 32));
  const sign = (body: string) => createHmac("sha256", key).update(body).digest("base64url");

  return {
    issue(uploadId, expiresInSeconds) {
      if (!isLifetime(expiresInSeconds)) {
        throw new UploadError("INVALID_INPUT", {
          message: `A ticket lives between 1 and ${LONGEST_TICKET_SECONDS} seconds.`,
          details: { field: "expiresInSeconds" },
        });
      }
      const expiresAt = new Date(deps.clock.now().getTime() + expiresInSeconds * 1000);
      const body = Buffer.from(`${expiresAt.getTime()}.${uploadId}`).toString("base64url");
      return { ticket: `ut_${body}.${sign(body)}`, expiresAt };
    },
    read(bearer) {
      const [, body, signature] = form.exec(bearer) ?? [];
      if (body === undefined || signature === undefined) return null;
      // The texts are compared, not the bytes: base64 has several texts for the same bytes.
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(sign(body)))) return null;
      const [, ends, uploadId] =
        /^(\d+)\.(.+)$/.exec(Buffer.from(body, "base64url").toString()) ?? [];
      if (uploadId === undefined || Number(ends) <= deps.clock.now().getTime()) return null;
      return { uploadId };
    },
  };
}

function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_TICKET_SECONDS;
}
