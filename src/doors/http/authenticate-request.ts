import { UploadError } from "../../core/errors.ts";
import type { Authenticate, Authenticated } from "../../core/ports/authenticator.ts";
import { isForbiddenCrossSite } from "./cross-site.ts";
import type { DoorConfig, DoorRequest } from "./exchange.ts";

/**
 * Who sends `request`, asked before its body is read. UNAUTHENTICATED for nobody (unless anonymous
 * uploads are allowed), CROSS_ORIGIN for a change asked by another site's page with our cookie.
 * `request.method` must be the overriding one where the door honours an override.
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
