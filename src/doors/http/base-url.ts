import type { DoorConfig, DoorRequest } from "./exchange.ts";

/**
 * Scheme and host of the URLs in a response, without a trailing slash: those that a trusted proxy
 * forwarded, else those of the configured public URL. `Host` is never believed.
 */
export function baseUrlOf(request: Pick<DoorRequest, "peer">, config: DoorConfig): string {
  return request.peer.origin ?? config.publicUrl;
}
