import type { DoorConfig, DoorRequest } from "./exchange.ts";

/**
 * Scheme and host of the URLs in an answer, without a trailing slash: what trusted proxies say of
 * the caller's way to us, else the configured public URL. `Host` alone is never believed.
 */
export function baseUrlOf(request: Pick<DoorRequest, "peer">, config: DoorConfig): string {
  return request.peer.origin ?? config.publicUrl;
}
