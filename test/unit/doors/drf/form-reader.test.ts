import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormReader, MAX_BESIDE_CHUNK } from "../../../../src/doors/drf/form-reader.ts";
import { BOUNDARY, formBytes, inPieces, type TestPart } from "./forms.ts";

const MIB = 2 ** 20;

function reading(bytes: Uint8Array, ...pieces: number[]): FormReader {
  return new FormReader(inPieces(bytes, ...pieces), { boundary: BOUNDARY, field: "file" });
}

async function chunkOf(form: FormReader): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of form.bytes()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const failureOf = (form: FormReader) =>
  chunkOf(form).then(
    () => null,
    (error: { code: string }) => error.code,
  );

const chunk: TestPart = { name: "file", filename: "a.bin", body: "the bytes" };

describe("a form is accepted", () => {
  it("with fields before and after the chunk", async () => {
    const before = { name: "filename", body: "before" };
    const after = { name: "md5", body: "abc" };
    const form = reading(formBytes([before, chunk, after]), 7);
    expect(await form.findChunk()).toEqual({ name: "file", filename: "a.bin", contentType: null });
    expect(Object.fromEntries(form.fields)).toEqual({ filename: "before" });
    expect(String(await chunkOf(form))).toBe("the bytes");
    expect(Object.fromEntries(form.fields)).toEqual({ filename: "before", md5: "abc" });
  });

  it("with a preamble, an epilogue and another file in it", async () => {
    const other = { name: "other", filename: "b", body: "not requested" };
    const how = { preamble: "This is a form.", epilogue: "\r\nThat was a form." };
    const form = reading(formBytes([other, chunk, other], how), 5);
    expect(String(await chunkOf(form))).toBe("the bytes");
    expect(form.fields.size).toBe(0);
  });

  it("with the first of several chunks, and the last of several fields", async () => {
    const fields = ["one", "two"].map((body) => ({ name: "filename", body }));
    const form = reading(formBytes([chunk, { ...chunk, body: "another" }, ...fields]));
    expect(String(await chunkOf(form))).toBe("the bytes");
    expect(Object.fromEntries(form.fields)).toEqual({ filename: "two" });
  });

  it("with a chunk that has no filename, and with an empty one", async () => {
    const bare = reading(formBytes([{ name: "file", body: "bare" }]));
    expect(String(await chunkOf(bare))).toBe("bare");
    for (const length of [1, 50, 1_000]) {
      const empty = reading(formBytes([{ ...chunk, body: "" }]), length);
      expect(await empty.findChunk()).not.toBeNull();
      expect((await chunkOf(empty)).length).toBe(0);
    }
  });

  it("with parts in binary, 7bit and 8bit encoding, but not in base64", async () => {
    for (const coding of ["binary", "8bit", "7bit"]) {
      const form = reading(formBytes([{ ...chunk, coding }]), 9);
      expect(String(await chunkOf(form))).toBe("the bytes");
    }
    for (const part of [chunk, { name: "md5", body: "YWJj" }]) {
      const parts = [
        { ...part, coding: " Base64" },
        { name: "x", body: "y" },
      ];
      expect(await failureOf(reading(formBytes(parts), 9))).toBe("INVALID_INPUT");
    }
    const passedOver = { ...chunk, name: "other", coding: "base64" };
    expect(await failureOf(reading(formBytes([passedOver, chunk]), 9))).toBeNull();
  });

  it("without a chunk, and without any part", async () => {
    for (const parts of [[], [{ name: "filename", body: "a" }]]) {
      for (const length of [1, 10_000]) {
        const form = reading(formBytes(parts), length);
        expect(await form.findChunk()).toBeNull();
        expect(form.fields.size).toBe(parts.length);
      }
    }
  });

  it.each([
    ["in UTF-8", 'form-data; name="file"; filename="größe.txt"', "größe.txt"],
    ["in the form of RFC 8187", "form-data; name=file; filename*=UTF-8''gr%C3%B6%C3%9Fe", "größe"],
    ["in both forms", `form-data; filename*=utf-8'en'%e2%82%ac; filename="euro"; name="file"`, "€"],
    ["with quotes in it", String.raw`form-data; name="file"; filename="a\"b.txt"`, 'a"b.txt'],
    ["with a semicolon in it", 'form-data; name="file"; filename="a; name=x"', "a; name=x"],
    [
      "with a path in it",
      String.raw`form-data; name="file"; filename="C:\dir\a"`,
      String.raw`C:\dir\a`,
    ],
  ])("with a name %s", async (_, disposition, filename) => {
    const form = reading(formBytes([{ disposition, type: "image/png", body: "x" }]), 11);
    expect(await form.findChunk()).toEqual({ name: "file", filename, contentType: "image/png" });
  });

  it("byte for byte, split at any position and with near-boundaries in its content", async () => {
    const fragment = fc.constantFrom(
      "\r",
      "\n",
      "\r\n",
      "-",
      "--",
      `\r\n-`,
      `\r\n--${BOUNDARY.slice(0, 9)}`,
      `--${BOUNDARY}`,
      "\0",
      "ab",
    );
    const body = fc.array(fragment, { maxLength: 40 }).map((all) => all.join(""));
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(body, body, cuts, async (text, before, lengths) => {
        // A real boundary within the content is a boundary: the client must choose another one.
        fc.pre(!`\r\n${text}`.includes(`\r\n--${BOUNDARY}`));
        fc.pre(!`\r\n${before}`.includes(`\r\n--${BOUNDARY}`));
        const parts = [
          { name: "said", body: before },
          { ...chunk, body: text },
        ];
        const form = reading(formBytes(parts), ...lengths);
        expect(String(await chunkOf(form))).toBe(text);
        expect(form.fields.get("said")).toBe(before);
      }),
      { numRuns: 300 },
    );
  });

  it("of any length, in any pieces", async () => {
    const bytes = Buffer.alloc(300_000, "0123456789");
    for (const length of [15_000, 16_384, 17_000, 40_000, 65_536, 70_000, 131_072, 300_000]) {
      const parts = [
        { name: "a", body: "b" },
        { ...chunk, body: bytes.subarray(0, length) },
      ];
      for (const piece of [1_000, 16_384, 65_536, 1_000_000]) {
        const form = reading(formBytes(parts), piece);
        expect((await chunkOf(form)).equals(bytes.subarray(0, length)), `${length}`).toBe(true);
      }
    }
  });

  it("without reading ahead of the consumer", async () => {
    const bytes = formBytes([{ ...chunk, body: new Uint8Array(8 * MIB) }]);
    let given = 0;
    async function* counted() {
      for await (const piece of inPieces(bytes, MIB / 4)) {
        given += piece.length;
        yield piece;
      }
    }
    const form = new FormReader(counted(), { boundary: BOUNDARY, field: "file" });
    let taken = 0;
    for await (const piece of form.bytes()) {
      taken += piece.length;
      expect(given - taken).toBeLessThanOrEqual(MIB / 2);
    }
    expect(taken).toBe(8 * MIB);
  });
});

describe("a form is refused", () => {
  it("when it ends before its closing boundary, at any position", async () => {
    const whole = formBytes([{ name: "filename", body: "a" }, chunk], { epilogue: "" });
    for (let length = 0; length < whole.length; length += 1) {
      const cut = whole.subarray(0, length);
      expect(await failureOf(reading(cut, 16)), `${length} bytes`).toBe("INVALID_INPUT");
    }
    expect(await failureOf(reading(whole, 16))).toBeNull();
  });

  it("when it is too large in addition to the chunk", async () => {
    const much = "x".repeat(MAX_BESIDE_CHUNK * 4);
    const cases = {
      field: formBytes([{ name: "a", body: much }, chunk]),
      "field after": formBytes([chunk, { name: "a", body: much }]),
      file: formBytes([{ name: "a", filename: "a", body: much }, chunk]),
      preamble: formBytes([chunk], { preamble: much }),
      head: formBytes([{ disposition: `form-data; name="file"; x="${much}"`, body: "" }]),
      "endless head": Buffer.from(`--${BOUNDARY}\r\n${much}`),
      "no boundary": Buffer.from(much),
    };
    for (const [what, bytes] of Object.entries(cases)) {
      expect(await failureOf(reading(bytes, 4_096)), what).toBe("BODY_TOO_LARGE");
    }
  });

  it("when it has a million parts", async () => {
    const part = `--${BOUNDARY}\r\n\r\n\r\n`;
    let given = 0;
    async function* million() {
      for (let index = 0; index < 1_000_000; index += 1_000) {
        given += 1_000;
        yield Buffer.from(part.repeat(1_000));
      }
    }
    const form = new FormReader(million(), { boundary: BOUNDARY, field: "file" });
    expect(await failureOf(form)).toBe("INVALID_INPUT");
    expect(given).toBeLessThan(10_000);
  });

  it("when its boundary is too long", () => {
    const body = inPieces(Buffer.from("x"));
    const boundary = "b".repeat(1_000);
    expect(() => new FormReader(body, { boundary, field: null })).toThrow(/boundary/);
  });

  it("with the body's own error, on each further read too", async () => {
    async function* broken() {
      yield formBytes([chunk], { closing: false });
      throw Object.assign(new Error("The line broke."), { code: "ECONNRESET" });
    }
    const form = new FormReader(broken(), { boundary: BOUNDARY, field: "file" });
    await expect(form.findChunk()).resolves.not.toBeNull();
    await expect(chunkOf(form)).rejects.toThrow();
    await expect(form.advance()).rejects.toBe(form.failure);
  });

  it("or accepted, but never left pending, for any bytes", async () => {
    const noise = fc.constantFrom(
      `--${BOUNDARY}`,
      `\r\n--${BOUNDARY}`,
      "--",
      "\r\n",
      "\r\n\r\n",
      ":",
      "Content-Disposition: form-data; name=file",
      "x",
      "\0\u00ff",
    );
    const text = fc.array(noise, { maxLength: 30 }).map((all) => all.join(""));
    const cut = fc.integer({ min: 1, max: 60 });
    await fc.assert(
      fc.asyncProperty(text, cut, async (body, length) => {
        const code = await failureOf(reading(Buffer.from(body), length));
        expect([null, "INVALID_INPUT"]).toContain(code);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the body of a form", () => {
  /** A body that records whether its reader has ended the iteration. */
  function watchedBody(bytes: Uint8Array) {
    const seen = { isLeft: false };
    async function* body() {
      try {
        yield* inPieces(bytes, 10);
        yield* inPieces(bytes, 10);
      } finally {
        seen.isLeft = true;
      }
    }
    const form = new FormReader(body(), { boundary: BOUNDARY, field: "file" });
    return { form, seen };
  }

  it("is released at the closing boundary, so that its idle timer stops", async () => {
    const { form, seen } = watchedBody(formBytes([chunk]));
    expect(String(await chunkOf(form))).toBe("the bytes");
    expect(seen.isLeft).toBe(true);
  });

  it("is released when the form is too large in addition to the chunk", async () => {
    const body = Buffer.alloc(MAX_BESIDE_CHUNK + 10, "x");
    const { form, seen } = watchedBody(formBytes([{ name: "note", body: String(body) }]));
    expect(await failureOf(form)).toBe("BODY_TOO_LARGE");
    expect(seen.isLeft).toBe(true);
  });
});
