import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormReader } from "../../../../src/doors/drf/form-reader.ts";
import { freeMemory } from "../../../../src/server/free-memory.ts";
import { BOUNDARY, formBytes } from "./forms.ts";

/** The form's bytes in pieces that own their memory. */
async function* owned(bytes: Uint8Array, step: number, given: Uint8Array[]) {
  for (let at = 0; at < bytes.length; at += step) {
    const piece = new Uint8Array(bytes.subarray(at, at + step));
    given.push(piece);
    yield piece;
  }
}

/** Reads a form whose pieces are freed as soon as they are released; returns what was read and sent. */
async function readFreed(bytes: Uint8Array, step: number) {
  const given: Uint8Array[] = [];
  const source = owned(bytes, step, given);
  const how = { boundary: BOUNDARY, field: "file", spent: freeMemory };
  const form = new FormReader(source, how);
  await form.findChunk();
  const body = form.bytes();
  const taken: Buffer[] = [];
  let held = 0;
  for await (const piece of body) {
    taken.push(Buffer.from(piece));
    body.spent?.(piece);
    held = Math.max(held, given.filter(({ length }) => length > 0).length);
  }
  return { chunk: Buffer.concat(taken), fields: Object.fromEntries(form.fields), given, held };
}

describe("the pieces of a form", () => {
  it("are freed while the form is read, without changing the result", async () => {
    // The parser holds back a possible start of a boundary across pieces.
    const almost = fc.array(fc.constantFrom(13, 10, 45, 97), { maxLength: 3_000 });
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 5_000 }),
      almost.map((bytes) => Uint8Array.from(bytes)),
    );
    const step = fc.integer({ min: 1, max: 2_000 });
    await fc.assert(
      fc.asyncProperty(body, step, async (content, cut) => {
        const parts = [
          { name: "filename", body: "before".repeat(20) },
          { name: "file", filename: "a.bin", body: content },
          { name: "md5", body: "abc" },
        ];
        const read = await readFreed(formBytes(parts), cut);
        expect(read.chunk.equals(Buffer.from(content))).toBe(true);
        expect(read.fields).toEqual({ filename: "before".repeat(20), md5: "abc" });
      }),
      { numRuns: 200 },
    );
  });

  it("do not accumulate during a long chunk", async () => {
    const parts = [{ name: "file", filename: "a.bin", body: new Uint8Array(2_000_000).fill(45) }];
    const { chunk, given, held } = await readFreed(formBytes(parts), 65_536);
    expect(chunk.length).toBe(2_000_000);
    expect(given.length).toBe(31);
    expect(held).toBeLessThan(5);
  });
});
