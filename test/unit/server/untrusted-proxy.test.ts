import { describe, expect, it } from "vitest";
import { createSenderReader } from "../../../src/server/peer.ts";
import { warnOfUntrustedProxy } from "../../../src/server/untrusted-proxy.ts";
import { recordingLog } from "../../support/recording-log.ts";

const from = (remoteAddress: string, headers = {}) =>
  ({ headers, socket: { remoteAddress } }) as never;
const forwarded = { "x-forwarded-for": "192.0.2.1" };

describe("X-Forwarded-For", () => {
  it("from an address outside TRUSTED_PROXIES is logged once", () => {
    const log = recordingLog();
    const read = warnOfUntrustedProxy(createSenderReader(["10.0.0.1"], "http://a.example"), log);
    read(from("10.0.0.1", forwarded));
    read(from("10.0.0.2"));
    expect(log.entries).toEqual([]);
    for (let n = 0; n < 3; n += 1) {
      expect(read(from("10.0.0.2", forwarded)).peer.address).toBe("10.0.0.2");
    }
    expect(log.entries).toEqual([
      {
        level: "warn",
        facts: { address: "10.0.0.2" },
        message: expect.stringContaining("TRUSTED_PROXIES"),
      },
    ]);
  });
});
