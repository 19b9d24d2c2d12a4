import { describe, expect, it } from "vitest";
import { answerOptions, corsHeaders } from "../../../../src/doors/http/cors.ts";
import { doorRequest } from "../../../support/door-request.ts";

const config = { publicUrl: "https://public.example", corsOrigins: ["https://friend.example"] };

describe("CORS", () => {
  it("echoes a listed origin and lets it send credentials", () => {
    const headers = corsHeaders(
      doorRequest("/", { headers: { origin: "https://friend.example" } }),
      config,
    );
    expect(headers.get("access-control-allow-origin")).toBe("https://friend.example");
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("vary")).toBe("Origin");
  });

  it.each(["https://evil.example", "null", "https://friend.example.evil", "http://friend.example"])(
    "returns * without credentials to %s",
    (origin) => {
      const headers = corsHeaders(doorRequest("/", { headers: { origin } }), config);
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.has("access-control-allow-credentials")).toBe(false);
      expect(headers.get("vary")).toBe("Origin");
    },
  );

  it("exposes every header that a client of any door reads", () => {
    const exposed = corsHeaders(doorRequest("/"), config).get("access-control-expose-headers");
    for (const name of [
      "Location",
      "ETag",
      "Content-Range",
      "Retry-After",
      "Upload-Offset",
      "Upload-Length",
      "Upload-Expires",
      "Upload-Metadata",
      "Upload-Defer-Length",
      "Upload-Concat",
      "Tus-Resumable",
      "Tus-Version",
      "Tus-Extension",
      "Tus-Max-Size",
      "Tus-Checksum-Algorithm",
    ]) {
      expect(exposed?.split(", ")).toContain(name);
    }
  });

  it("responds to a preflight with methods, the requested headers and a maximum age", () => {
    const asked = "authorization, content-range,x-my-own";
    const answer = answerOptions(
      doorRequest("/", { headers: { "access-control-request-headers": asked } }),
      config,
      ["GET", "PUT"],
    );
    expect(answer.status).toBe(204);
    expect(answer.body).toBeNull();
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET, PUT, OPTIONS");
    expect(answer.headers.get("allow")).toBe("GET, PUT, OPTIONS");
    expect(answer.headers.get("access-control-allow-headers")).toBe(asked);
    expect(Number(answer.headers.get("access-control-max-age"))).toBeGreaterThan(0);
  });

  it("does not echo a malformed list of header names", () => {
    const answer = answerOptions(
      doorRequest("/", { headers: { "access-control-request-headers": "a b; <x>" } }),
      config,
      ["GET"],
    );
    expect(answer.headers.get("access-control-allow-headers")).toMatch(/^Authorization, /);
  });
});
