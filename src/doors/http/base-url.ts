import type { DoorConfig, DoorRequest } from "./exchange.ts";

/**
 * Scheme and host of the URLs in a response, without a trailing slash: those that a trusted proxy forwarded,
 * otherwise those of the configured public URL. `Host` is not used, because any client can set it.
 */
export function baseUrlOf(request: Pick<DoorRequest, "peer">, config: DoorConfig): string {
  return request.peer.origin ?? config.publicUrl;
}
