import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../../../src/core/errors.ts";
import { parseContentDigest } from "../../../../src/doors/chunks/content-digest.ts";

const lengths = { "sha-256": 32, "sha-512": 64, md5: 16, crc32c: 4 } as const;
const names = { "sha-256": "sha256", "sha-512": "sha512", md5: "md5", crc32c: "crc32c" } as const;
const algorithms = Object.keys(lengths) as (keyof typeof lengths)[];
const zeros = (bytes: number) => `:${Buffer.alloc(bytes).toString("base64")}:`;

describe("Content-Digest", () => {
  it("parses every known algorithm into hex", () => {
    const someDigest = fc.constantFrom(...algorithms).chain((algorithm) =>
      fc.record({
        algorithm: fc.constant(algorithm),
        bytes: fc.uint8Array({ minLength: lengths[algorithm], maxLength: lengths[algorithm] }),
      }),
    );
    fc.assert(
      fc.property(someDigest, ({ algorithm, bytes }) => {
        const digest = Buffer.from(bytes);
        expect(parseContentDigest(`${algorithm}=:${digest.toString("base64")}:`)).toEqual([
          { algorithm: names[algorithm], hex: digest.toString("hex") },
        ]);
      }),
    );
  });

  it("parses several digests in one field and ignores unknown ones, with any value", () => {
    const hash = createHash("sha256").update("abc").digest();
    const header = `unixsum=:AAA=:, sha-256=:${hash.toString("base64")}:, id-sha-256=5, md5=${zeros(16)}`;
    expect(parseContentDigest(header).map(({ algorithm }) => algorithm)).toEqual(["sha256", "md5"]);
  });

  it.each([null, "", "  ", "sha=:AAAA:", "adler"])("finds no digest in %j", (header) => {
    expect(parseContentDigest(header)).toEqual([]);
  });

  it.each([
    "sha-256",
    "sha-256=abc",
    "sha-256=::",
    "sha-256=:YWJj:",
    `sha-256=${zeros(31)}`,
    `sha-256=${zeros(33)}`,
    `md5=${zeros(32)}`,
    "md5=(:AAAA:)",
    'md5="AAAA"',
    "sha-256=:***:",
    "SHA-256=:AAAA:",
    "md5=:AAAA",
    `md5=${zeros(16)},`,
    ":AAAA:",
    "§",
  ])("refuses %j as malformed", (header) => {
    expect(() => parseContentDigest(header)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", details: { header: "Content-Digest" } }),
    );
  });

  it("throws only INVALID_INPUT for any input", () => {
    fc.assert(
      fc.property(fc.constantFrom("", "md5=", "sha-256=:"), fc.string(), (start, rest) => {
        try {
          parseContentDigest(start + rest);
        } catch (error) {
          expect(isUploadError(error) && error.code).toBe("INVALID_INPUT");
        }
      }),
    );
  });
});
