import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Peer } from "../doors/http/exchange.ts";

/** The header by which the server tells whatever runs behind it who the caller is. */
export const PEER_ADDRESS_HEADER = "x-peer-address";

const FORWARDED_HEADERS = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
] as const;

/** Who a request comes from, and whether a trusted proxy handed it on. */
export interface Sender {
  readonly peer: Peer;
  readonly byTrustedProxy: boolean;
}

export type ReadSender = (request: Pick<IncomingMessage, "headers" | "socket">) => Sender;

/**
 * Makes the reader of a request's sender. `trustedProxies` are addresses and CIDR ranges; only what
 * they say in `X-Forwarded-*` is believed, and of that only as many hops as are trusted.
 */
export function createSenderReader(trustedProxies: readonly string[]): ReadSender {
  const trusted = toBlockList(trustedProxies);
  const isTrusted = (address: string) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 4 ? "ipv4" : "ipv6");
  };
  return ({ headers, socket }) => {
    const chain = [
      ...readList(headers["x-forwarded-for"]).map(plainAddress),
      plainAddress(socket.remoteAddress ?? ""),
    ];
    let hops = 0;
    while (hops < chain.length - 1 && isTrusted(chain[chain.length - 1 - hops] ?? "")) hops += 1;
    const nearest = chain.at(-1) ?? "";
    const address = chain[chain.length - 1 - hops] ?? "";
    const byTrustedProxy = isTrusted(nearest);
    const origin = byTrustedProxy ? readOrigin(headers, Math.max(hops, 1)) : null;
    return { peer: { address: isIP(address) === 0 ? nearest : address, origin }, byTrustedProxy };
  };
}

/** Takes away what a caller may not say of itself, and writes down who it is. */
export function stampSender(request: IncomingMessage, sender: Sender): void {
  if (!sender.byTrustedProxy) for (const name of FORWARDED_HEADERS) delete request.headers[name];
  request.headers[PEER_ADDRESS_HEADER] = sender.peer.address;
}

function toBlockList(networks: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of networks) {
    const [host = "", prefix] = network.split("/");
    const family = isIP(host) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) blocks.addAddress(host, family);
    else blocks.addSubnet(host, Number(prefix), family);
  }
  return blocks;
}

function readOrigin(headers: IncomingHttpHeaders, hops: number): string | null {
  const proto = valueOfHop(headers["x-forwarded-proto"], hops)?.toLowerCase();
  const host = valueOfHop(headers["x-forwarded-host"], hops) ?? headers.host;
  if ((proto !== "http" && proto !== "https") || host === undefined) return null;
  if (!/^(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/i.test(host)) return null;
  return URL.canParse(`${proto}://${host}`) ? `${proto}://${host}` : null;
}

/** What the outermost trusted hop said: entries further left may be the caller's own. */
function valueOfHop(header: string | string[] | undefined, hops: number): string | undefined {
  const values = readList(header);
  return values[Math.max(0, values.length - hops)];
}

function readList(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** IPv4 in its own form where the socket maps it into IPv6; without a zone or a port. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const withPort =
    /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address) ?? /^\[([^\]]+)\](?::\d+)?$/.exec(address);
  return (withPort?.[1] ?? address).replace(/%.*$/, "");
}
