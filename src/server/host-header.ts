import type { IncomingMessage } from "node:http";

/** RFC 3986, section 3.2: a registered name or an address, and a port. */
const HOST = /^(?:\[[0-9a-f:.]+\]|(?:[a-z0-9._~!$&'()*+,;=-]|%[0-9a-f]{2})*)(?::\d{0,5})?$/i;

/**
 * Whether a request names one host at most, in a valid form. RFC 9112, section 3.2: anything else
 * is refused with 400. Node keeps the first of two `Host` headers, a proxy in front of it perhaps
 * the other, and the two would then speak of different hosts.
 */
export function hasValidHost({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">): boolean {
  // Names and values alternate.
  const hosts = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host",
  );
  return hosts.length <= 1 && hosts.every((host) => HOST.test(host));
}
