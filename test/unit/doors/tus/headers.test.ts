import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUploadError } from "../../../../src/core/errors.ts";
import { decodeBase64 } from "../../../../src/doors/tus/base64.ts";
import { parseChecksum, trailingDigest } from "../../../../src/doors/tus/checksum.ts";
import { parseConcat } from "../../../../src/doors/tus/concat.ts";
import { describeUpload, parseMetadata } from "../../../../src/doors/tus/metadata.ts";
import { readTusPath, tusUploadPath } from "../../../../src/wire/paths.ts";

const id = "11111111-2222-4333-8444-555555555555";
const here = new URL("https://up.example/api/tus");
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return isUploadError(error) ? error.code : error;
  }
}

/** For any input the result is a value or an `UploadError`. */
function isAnswered(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    return isUploadError(error);
  }
}

describe("base64", () => {
  it("decodes valid base64 only", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Buffer.from(decodeBase64(base64(bytes)) ?? "none").equals(bytes)).toBe(true);
      }),
    );
    for (const text of ["A", "AA", "AAA", "AAAA=", "====", "A===", "AA =", "-_==", "AAAA\n"]) {
      expect(decodeBase64(text), text).toBeNull();
    }
  });
});

describe("Upload-Metadata", () => {
  it("is parsed into pairs", () => {
    const key = fc.stringMatching(/^[!-+\--~]{1,20}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.uint8Array()), (pairs) => {
        const header = Object.entries(pairs).map(([name, value]) => `${name} ${base64(value)}`);
        const parsed = parseMetadata(header.join(","));
        expect([...parsed.keys()]).toEqual(Object.keys(pairs));
        for (const [name, value] of Object.entries(pairs)) {
          expect(Buffer.from(parsed.get(name) ?? "none").equals(value), name).toBe(true);
        }
      }),
    );
  });

  it("is accepted or refused with INVALID_INPUT for any text", () => {
    fc.assert(fc.property(fc.string(), (header) => isAnswered(() => describeUpload(header))));
    expect(describeUpload(null)).toMatchObject({ filename: "upload", uploadMetadata: null });
    expect(describeUpload("")).toMatchObject({ filename: "upload", uploadMetadata: null });
  });

  it("omits invalid keys and values from the metadata", () => {
    const keys = ["__proto__", "constructor", "a b".slice(0, 1), "a/b", "x".repeat(65), "ok.key"];
    const header = keys.map((key) => `${key} ${base64("v")}`).join(",");
    expect(describeUpload(header).metadata).toEqual({ a: "v", "ok.key": "v" });
    const bytes = base64(Buffer.from([0xff]));
    expect(describeUpload(`bytes ${bytes},filename ${base64("a")}`)).toMatchObject({
      filename: "a",
      metadata: {},
    });
  });
});

describe("Upload-Checksum", () => {
  it("is a known algorithm and a digest of its length", () => {
    expect(parseChecksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")).toEqual({
      algorithm: "sha1",
      hex: "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
    });
    expect(parseChecksum("crc32 DUoRhQ==")).toEqual({ algorithm: "crc32", hex: "0d4a1185" });
    fc.assert(fc.property(fc.string(), (header) => isAnswered(() => parseChecksum(header))));
    for (const header of ["", "sha1", "sha512 AAAA", "sha1 AAAA", "toString AAAA", "sha1  AAAA"]) {
      expect(
        codeOf(() => parseChecksum(header)),
        header,
      ).toBe("INVALID_INPUT");
    }
  });

  it("is read from a trailer only if one is announced", async () => {
    const trailers = async () => new Headers({ "upload-checksum": "crc32 DUoRhQ==" });
    const announced = (trailer: string) => ({ headers: new Headers({ trailer }), trailers });
    expect(trailingDigest({ headers: new Headers(), trailers })).toBeUndefined();
    expect(trailingDigest(announced("X-Upload-Checksum, Expires"))).toBeUndefined();
    const trailing = trailingDigest(announced("Expires ,upload-CHECKSUM"));
    expect(trailing?.algorithms).toEqual(["sha1", "md5", "sha256", "crc32"]);
    expect(await trailing?.read()).toEqual({ algorithm: "crc32", hex: "0d4a1185" });
    // Trailers do not reach Next's route handlers.
    const headers = new Headers({ trailer: "Upload-Checksum" });
    expect(codeOf(() => trailingDigest({ headers }))).toBe("INVALID_INPUT");
  });
});

describe("Upload-Concat", () => {
  it("identifies partial uploads by the paths of their URLs", () => {
    const other = id.replaceAll("1", "9");
    const header = `final;https://elsewhere.example/api/tus/${id} /api/tus/${other}/  tus/${id}`;
    expect(parseConcat(header, here)).toEqual({ kind: "final", parts: [id, other, id], header });
    expect(parseConcat("partial", here)).toEqual({ kind: "partial" });
    expect(parseConcat(null, here)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => isAnswered(() => parseConcat(text, here))));
    fc.assert(
      fc.property(
        fc.webUrl(),
        (url) => codeOf(() => parseConcat(`final;${url}`, here)) === "NOT_FOUND",
      ),
    );
  });
});

describe("the paths of the door", () => {
  it("are the creation URL and one URL per upload", () => {
    expect(readTusPath("/api/tus")).toEqual({ id: null });
    expect(readTusPath("/api/tus/")).toEqual({ id: null });
    expect(readTusPath(tusUploadPath(id))).toEqual({ id });
    expect(readTusPath(`${tusUploadPath(id)}/`)).toEqual({ id });
    for (const path of ["/api/tus//", `/api/tus/${id}/file`, "/api/tusk", "/api"]) {
      expect(readTusPath(path), path).toBeNull();
    }
    expect(codeOf(() => readTusPath("/api/tus/%"))).toBe("INVALID_INPUT");
  });
});
