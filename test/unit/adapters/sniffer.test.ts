import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSniffer } from "../../../src/adapters/file-type/sniffer.ts";

const { sniff } = createSniffer();
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("the sniffer", () => {
  it.each([
    ["image/png", png],
    ["image/jpeg", Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex")],
    ["application/pdf", Buffer.from("%PDF-1.7\n")],
    ["application/gzip", gzipSync("text")],
    ["application/zip", Buffer.from("504b0304140000000000", "hex")],
    [null, Buffer.from("just text, whatever it claims")],
    [null, Buffer.alloc(0)],
    [null, Buffer.from("P")],
    [null, deflateSync("no magic")],
  ])("tells %s", async (type, head) => {
    expect(await sniff(head)).toBe(type);
  });

  it("is not upset by damaged or truncated files", async () => {
    const starts = [
      png,
      gzipSync("text"),
      Buffer.from("504b0304", "hex"),
      Buffer.from("ID3\x04"),
      Buffer.from("OggS"),
      Buffer.from("1a45dfa3", "hex"),
      Buffer.from("3026b2758e66cf11a6d900aa0062ce6c", "hex"),
      Buffer.alloc(0),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 4_100 }),
        fc.nat(80),
        async (start, rest, keep) => {
          const head = Buffer.concat([start.subarray(0, keep), rest]).subarray(0, 4_100);
          const type = await sniff(head);
          expect(type === null || /^[a-z]+\/[\w.+-]+$/.test(type)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});
