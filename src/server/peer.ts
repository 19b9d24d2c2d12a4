import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Peer } from "../doors/http/exchange.ts";

/** The header that carries the client's address to what runs behind our server. */
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
 * Returns a reader of a request's sender. `trustedProxies` are addresses and CIDR ranges; only their
 * `X-Forwarded-*` headers are believed, and of those only as many entries as hops are trusted.
 * `publicUrl` gives the scheme when a proxy forwards a host without one.
 */
export function createSenderReader(
  trustedProxies: readonly string[],
  publicUrl: string,
): ReadSender {
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
    const origin = byTrustedProxy
      ? readOrigin(headers, { hops: Math.max(hops, 1), publicUrl })
      : null;
    return { peer: { address: isIP(address) === 0 ? nearest : address, origin }, byTrustedProxy };
  };
}

/** Removes the forwarding headers of an untrusted sender, and records the sender's address. */
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

/**
 * The origin under which the client reached the outermost trusted proxy, or null. The host comes
 * from `X-Forwarded-Host` and from nowhere else: `Host` names whatever the last proxy connected to.
 * Without a forwarded host the other two headers count for nothing, since a URL made of parts from
 * different places may lead a client's token to the wrong server.
 */
function readOrigin(
  headers: IncomingHttpHeaders,
  { hops, publicUrl }: { hops: number; publicUrl: string },
): string | null {
  const host = valueOfHop(headers["x-forwarded-host"], hops);
  const proto =
    valueOfHop(headers["x-forwarded-proto"], hops)?.toLowerCase() ??
    new URL(publicUrl).protocol.slice(0, -1);
  if (host === undefined || (proto !== "http" && proto !== "https")) return null;
  const port = forwardedPort(valueOfHop(headers["x-forwarded-port"], hops), { host, proto });
  const origin = `${proto}://${host}${port}`;
  if (!HOST_WITH_PORT.test(`${host}${port}`) || !URL.canParse(origin)) return null;
  return new URL(origin).origin;
}

const HOST_WITH_PORT = /^(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/i;

/**
 * `:port` when the forwarded host names none, else "". Port 80 with https and port 443 with http
 * are those of a proxy behind the one that ends TLS, and are left out.
 */
function forwardedPort(
  port: string | undefined,
  { host, proto }: { host: string; proto: "http" | "https" },
): string {
  if (port === undefined || !/^\d{1,5}$/.test(port) || /:\d+$/.test(host)) return "";
  if (port === (proto === "https" ? "80" : "443")) return "";
  return `:${port}`;
}

/** The value from the outermost trusted proxy: entries further left may come from the client. */
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
