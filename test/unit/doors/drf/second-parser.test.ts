import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormReader } from "../../../../src/doors/drf/form-reader.ts";
import { BOUNDARY, formBytes, inPieces, type TestPart } from "./forms.ts";

/** The contents of a form: its small fields, the last of each name, and the bytes of its first file. */
interface Content {
  readonly fields: Readonly<Record<string, string>>;
  readonly filename: string | null;
  readonly chunk: string;
}

async function byReader(bytes: Uint8Array, pieces: readonly number[]): Promise<Content> {
  const form = new FormReader(inPieces(bytes, ...pieces), { boundary: BOUNDARY, field: "file" });
  const head = await form.findChunk();
  const chunk: Uint8Array[] = [];
  for await (const piece of form.bytes()) chunk.push(Buffer.from(piece));
  return {
    fields: Object.fromEntries(form.fields),
    filename: head?.filename ?? null,
    chunk: Buffer.concat(chunk).toString("hex"),
  };
}

/** Parsed by Node's own `fetch`. */
async function bySecondParser(bytes: Uint8Array): Promise<Content> {
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  const form = await new Response(new Uint8Array(bytes), { headers }).formData();
  const file = form.getAll("file").find((value) => typeof value !== "string");
  const fields = [...form].flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  const content = file === undefined ? new Uint8Array(0) : await (file as File).arrayBuffer();
  return {
    fields: Object.fromEntries(fields),
    filename: file === undefined ? null : (file as File).name,
    chunk: Buffer.from(content as ArrayBuffer).toString("hex"),
  };
}

/** Bytes with many near-delimiters. The second parser treats a bare boundary as a delimiter. */
const body = fc
  .array(
    fc.oneof(
      fc.constantFrom("\r\n", "\r", "\n", "--", `--${BOUNDARY.slice(0, -1)}`, " ", "\t", "\r\n--"),
      fc.constantFrom(`\r\n--${BOUNDARY.slice(0, 9)}`, `--${BOUNDARY.slice(0, 5)}`),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join("").replaceAll(BOUNDARY, ""));
const text = body.map((value) => value.replace(/[^\x20-\x7e\r\n]/g, ""));
const small: fc.Arbitrary<TestPart> = fc.record({
  name: fc.constantFrom("filename", "md5", "a"),
  body: text,
});
const file: fc.Arbitrary<TestPart> = fc.record({
  ...{ name: fc.constant("file"), filename: fc.constantFrom("a.bin", "b", "ÄÖ.txt") },
  body: body.map((value) => Buffer.from(value)),
});
const parts = fc
  .tuple(fc.array(small, { maxLength: 4 }), file, fc.array(small, { maxLength: 4 }))
  .map(([before, chunk, after]) => [...before, chunk, ...after]);
const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

describe("the form reader, compared with a second parser", () => {
  it("returns the same contents of every form, split at any position", async () => {
    await fc.assert(
      fc.asyncProperty(parts, cuts, async (form, pieces) => {
        const bytes = formBytes(form);
        expect(await byReader(bytes, pieces)).toEqual(await bySecondParser(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("returns the same contents with transport padding after the delimiters", async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
        cuts,
        fc.stringMatching(/^[ \t]{1,40}$/),
        async (form, pieces, padding) => {
          const bytes = formBytes(form);
          const padded = Buffer.from(
            bytes.toString("latin1").replaceAll(`--${BOUNDARY}\r\n`, `--${BOUNDARY}${padding}\r\n`),
            "latin1",
          );
          expect(padded.length).toBeGreaterThan(bytes.length);
          expect(await byReader(padded, pieces)).toEqual(await bySecondParser(bytes));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("refuses endless padding as too large", async () => {
    const endless = [Buffer.from(`--${BOUNDARY}`), Buffer.alloc(200_000, " ")];
    await expect(byReader(Buffer.concat(endless), [1_000])).rejects.toMatchObject({
      code: "BODY_TOO_LARGE",
    });
  });
});
