import { isIPv6 } from "node:net";

/**
 * The header in which our own server passes the address of the client to NextAuth. The server removes
 * it from incoming requests before it sets it. Under Next alone it is not removed, and therefore not read.
 */
export const PEER_ADDRESS_HEADER = "x-peer-address";

/**
 * The key under which attempts from an address are counted: the /64 of an IPv6 address, since one network has all of it.
 * "unknown" when no address was stamped: then all callers share one counter.
 */
export function peerKey(address: unknown): string {
  if (typeof address !== "string" || address === "" || address.length > 64) return "unknown";
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return isIPv6(plain) ? networkOf(plain) : plain;
}

/** The first four groups of an IPv6 address, written out. */
function networkOf(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
