import { UploadError } from "../../core/errors.ts";
import type { Authenticate, Authenticated } from "../../core/ports/authenticator.ts";
import type { Opening } from "../../core/ports/openings.ts";
import { isForbiddenCrossSite } from "./cross-site.ts";
import type { DoorConfig, DoorRequest } from "./exchange.ts";

/**
 * Authenticates `request` before its body is read. UNAUTHENTICATED without a valid credential (unless anonymous
 * uploads are allowed), CROSS_ORIGIN for a change by cookie from another site. `request.method` must be the
 * overriding method if the door supports an override. `opening`: see `Authenticate`.
 */
export async function authenticateRequest(
  request: Pick<DoorRequest, "method" | "headers" | "peer" | "onPrincipal">,
  { authenticate, config }: { authenticate: Authenticate; config: DoorConfig },
  opening: Opening | null = null,
): Promise<Authenticated> {
  const authorization = request.headers.get("authorization");
  const isForbidden = isForbiddenCrossSite(request, config);
  const sender = await authenticate(
    { authorization, cookie: request.headers.get("cookie") },
    authorization === null && isForbidden ? null : opening,
  );
  if (sender === null) throw new UploadError("UNAUTHENTICATED");
  request.onPrincipal?.(sender.principal);
  if (sender.byCookie && isForbidden) {
    throw new UploadError("CROSS_ORIGIN");
  }
  return sender;
}
