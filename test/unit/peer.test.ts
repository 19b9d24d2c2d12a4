import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createSenderReader } from "../../src/server/peer.ts";

function read(
  trusted: readonly string[],
  remoteAddress: string,
  headers: Readonly<Record<string, string>>,
) {
  const socket = Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress });
  return createSenderReader(trusted)({ headers: { host: "inner:3000", ...headers }, socket });
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

  it("takes the request's own host when the proxy tells the scheme only", () => {
    const { peer } = read(["::1"], "::1", { "x-forwarded-proto": "https" });
    expect(peer).toEqual({ address: "::1", origin: "https://inner:3000" });
  });

  it.each(["a b", "x/../y", 'h"', "h,"])("refuses the host %j", (host) => {
    const { peer } = read(["::1"], "::1", { "x-forwarded-proto": "https", host });
    expect(peer.origin).toBeNull();
  });

  it("is the proxy when the proxy's word is no address", () => {
    expect(read(["::1"], "::1", { "x-forwarded-for": "unknown" }).peer.address).toBe("::1");
  });
});
