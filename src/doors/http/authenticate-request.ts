import { UploadError } from "../../core/errors.ts";
import type { Authenticate, Authenticated } from "../../core/ports/authenticator.ts";
import { isForbiddenCrossSite } from "./cross-site.ts";
import type { DoorConfig, DoorRequest } from "./exchange.ts";

/**
 * Authenticates `request` before its body is read. UNAUTHENTICATED without a valid credential (unless anonymous
 * uploads are allowed), CROSS_ORIGIN for a change by cookie from another site. `request.method` must be the
 * overriding method if the door supports an override.
 */
export async function authenticateRequest(
  request: Pick<DoorRequest, "method" | "headers" | "peer" | "onPrincipal">,
  { authenticate, config }: { authenticate: Authenticate; config: DoorConfig },
): Promise<Authenticated> {
  const sender = await authenticate({
    authorization: request.headers.get("authorization"),
    cookie: request.headers.get("cookie"),
  });
  if (sender === null) throw new UploadError("UNAUTHENTICATED");
  request.onPrincipal?.(sender.principal);
  if (sender.byCookie && isForbiddenCrossSite(request, config)) {
    throw new UploadError("CROSS_ORIGIN");
  }
  return sender;
}
