import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createSenderReader } from "../../src/server/peer.ts";

function read(
  trusted: readonly string[],
  remoteAddress: string,
  headers: Readonly<Record<string, string>>,
) {
  const socket = Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress });
  return createSenderReader(
    trusted,
    "https://public.example",
  )({ headers: { host: "inner:3000", ...headers }, socket });
}

describe("who a request comes from", () => {
  it("is the socket's address when no proxy is trusted", () => {
    const { peer, byTrustedProxy } = read([], "203.0.113.9", {
      "x-forwarded-for": "1.2.3.4",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
    });
    expect(peer).toEqual({ address: "203.0.113.9", origin: null });
    expect(byTrustedProxy).toBe(false);
  });

  it("is what a trusted proxy says, and no more than that", () => {
    const { peer } = read(["10.0.0.0/8"], "::ffff:10.1.2.3", {
      "x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.9.9.9",
      "x-forwarded-host": "files.example",
      "x-forwarded-proto": "https",
    });
    expect(peer).toEqual({ address: "203.0.113.9", origin: "https://files.example" });
  });

  it("believes as many entries of a list as there are trusted hops", () => {
    const { peer } = read(["10.0.0.0/8"], "10.1.2.3", {
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-host": "forged.example, files.example",
      "x-forwarded-proto": "http, https",
    });
    expect(peer.origin).toBe("https://files.example");
  });

  it.each([
    ["the scheme only", { "x-forwarded-proto": "http" }],
    ["the port only", { "x-forwarded-port": "8443" }],
    ["scheme and port", { "x-forwarded-proto": "http", "x-forwarded-port": "8443" }],
    ["a scheme that is not HTTP", { "x-forwarded-proto": "ftp", "x-forwarded-host": "a.example" }],
  ])("has no origin when the proxy forwards %s", (_, headers) => {
    const { peer } = read(["::1"], "::1", headers);
    expect(peer).toEqual({ address: "::1", origin: null });
  });

  it("has the scheme of the public URL when the proxy forwards the host only", () => {
    const { peer } = read(["::1"], "::1", { "x-forwarded-host": "files.example" });
    expect(peer.origin).toBe("https://files.example");
  });

  it.each([
    ["https", "files.example", "8443", "https://files.example:8443"],
    ["https", "files.example:9000", "8443", "https://files.example:9000"],
    ["https", "files.example", "443", "https://files.example"],
    ["http", "files.example", "80", "http://files.example"],
    ["https", "files.example", "80", "https://files.example"],
    ["http", "files.example", "443", "http://files.example"],
    ["https", "files.example", "x", "https://files.example"],
    ["https", "[2001:db8::1]", "8443", "https://[2001:db8::1]:8443"],
    ["https", "FILES.example:443", "443", "https://files.example"],
  ])("combines %s, %s and port %s", (proto, host, ...[port, origin]) => {
    const { peer } = read(["::1"], "::1", {
      "x-forwarded-proto": proto,
      "x-forwarded-host": host,
      "x-forwarded-port": port,
    });
    expect(peer.origin).toBe(origin);
  });

  it.each(["a b", "x/../y", 'h"', "u:p@h", "h:99999"])("refuses the forwarded host %j", (host) => {
    const { peer } = read(["::1"], "::1", {
      "x-forwarded-proto": "https",
      "x-forwarded-host": host,
    });
    expect(peer.origin).toBeNull();
  });

  it("is the proxy when the proxy's word is no address", () => {
    expect(read(["::1"], "::1", { "x-forwarded-for": "unknown" }).peer.address).toBe("::1");
  });
});
