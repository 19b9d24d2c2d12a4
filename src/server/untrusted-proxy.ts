import type { Logger } from "../core/ports/system.ts";
import type { ReadSender } from "./peer.ts";

/**
 * Warns once, at the first request with `X-Forwarded-For` from an address outside TRUSTED_PROXIES. It
 * may be a client that sends the header itself; if it is a proxy, all its clients share its address.
 */
export function warnOfUntrustedProxy(readSender: ReadSender, log: Logger): ReadSender {
  let warned = false;
  return (request) => {
    const sender = readSender(request);
    if (!warned && !sender.byTrustedProxy && request.headers["x-forwarded-for"] !== undefined) {
      warned = true;
      log.warn(
        { address: sender.peer.address },
        "X-Forwarded-For from an address that TRUSTED_PROXIES does not name is ignored. If it is your proxy, add it: all people behind it share one address, in the limit of sign-ins too",
      );
    }
    return sender;
  };
}
