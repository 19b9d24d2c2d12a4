import { describe, expect, it } from "vitest";
import { isForbiddenCrossSite } from "../../../../src/doors/http/cross-site.ts";

const config = {
  publicUrl: "https://public.example",
  corsOrigins: ["https://friend.example"],
};

interface Row {
  site?: string;
  origin?: string;
  host?: string;
  /** The origin that a trusted proxy forwarded. */
  forwarded?: string;
}

function isForbidden(row: Row, method = "PUT", corsOrigins = config.corsOrigins): boolean {
  const headers = new Headers({ host: row.host ?? "files.example:3000" });
  if (row.site !== undefined) headers.set("sec-fetch-site", row.site);
  if (row.origin !== undefined) headers.set("origin", row.origin);
  const peer = { address: "127.0.0.1", origin: row.forwarded ?? null };
  return isForbiddenCrossSite({ method, headers, peer }, { ...config, corsOrigins });
}

describe("a change by cookie", () => {
  it.each<[string, Row]>([
    [
      "has Sec-Fetch-Site: same-origin",
      { site: "same-origin", origin: "http://files.example:3000" },
    ],
    ["has Sec-Fetch-Site: none", { site: "none" }],
    ["has Sec-Fetch-Site: same-origin and any Origin", { site: "same-origin", origin: "null" }],
    [
      "comes from a listed origin across sites",
      { site: "cross-site", origin: "https://friend.example" },
    ],
    [
      "comes from a listed origin of the same site",
      { site: "same-site", origin: "https://friend.example" },
    ],
    ["has the origin of Host", { origin: "http://files.example:3000" }],
    ["has the origin of Host under another scheme", { origin: "https://files.example:3000" }],
    [
      "has the origin of Host without the default port",
      { origin: "http://a.example", host: "a.example:80" },
    ],
    [
      "has the public origin behind a proxy",
      { origin: "https://public.example", host: "10.0.0.1" },
    ],
    [
      "has the origin that a trusted proxy forwarded",
      { origin: "https://b.example", host: "10.0.0.1", forwarded: "https://b.example" },
    ],
    ["has a listed origin", { origin: "https://friend.example" }],
    ["has neither header", {}],
  ])("passes when it %s", (_, row) => {
    expect(isForbidden(row)).toBe(false);
  });

  it.each<[string, Row]>([
    ["comes from another site", { site: "cross-site", origin: "https://evil.example" }],
    ["comes from the same site", { site: "same-site", origin: "https://other.files.example" }],
    [
      "comes from another site with our origin",
      { site: "cross-site", origin: "https://public.example" },
    ],
    ["comes from another site without an origin", { site: "cross-site" }],
    ["has an unknown Sec-Fetch-Site", { site: "same-origin, cross-site" }],
    ["has an empty Sec-Fetch-Site", { site: "" }],
    ["has another origin", { origin: "https://evil.example" }],
    ["has our host on another port", { origin: "http://files.example:4000" }],
    ["has our host as a prefix only", { origin: "http://files.example.evil.example:3000" }],
    ["has an opaque origin", { origin: "null" }],
    ["has an opaque origin across sites", { site: "cross-site", origin: "null" }],
    ["has an invalid origin", { origin: "" }],
    ["has a file origin", { origin: "file://" }],
    ["has an invalid Host", { origin: "http://evil.example", host: "a b" }],
  ])("is refused when it %s", (_, row) => {
    expect(isForbidden(row)).toBe(true);
  });

  it("is accepted from a listed opaque origin", () => {
    expect(isForbidden({ origin: "null" }, "PUT", ["null"])).toBe(false);
  });

  it("is checked only for methods that may change something", () => {
    const foreign = { site: "cross-site", origin: "https://evil.example" };
    for (const method of ["GET", "HEAD", "OPTIONS"])
      expect(isForbidden(foreign, method)).toBe(false);
    for (const method of ["PUT", "POST", "PATCH", "DELETE", "PROPFIND"]) {
      expect(isForbidden(foreign, method)).toBe(true);
    }
  });
});
