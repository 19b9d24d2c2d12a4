import { parse } from "content-disposition";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attachmentHeader,
  downloadName,
  safeContentType,
} from "../../../../src/doors/http/attachment.ts";

/** The name that a client reads from a header, after a check that all its characters are allowed. */
function nameIn(header: string): string | undefined {
  expect(header).toMatch(/^[\x20-\x7e]+$/);
  expect(header.length).toBeLessThan(8_000);
  const { type, parameters } = parse(header);
  expect(type).toBe("attachment");
  return parameters.filename;
}

describe("the name of a download", () => {
  it.each([
    ["film.mp4", "film.mp4"],
    ['say "hi" \\o/.txt', 'say "hi" _o_.txt'],
    ["naïve.txt", "naïve.txt"],
    ["кино 🎬.mp4", "кино 🎬.mp4"],
    ["100%25.txt", "100%25.txt"],
    ["a;b=c,d'e*.txt", "a;b=c,d'e*.txt"],
    ["two\r\nSet-Cookie: a=b", "two__Set-Cookie: a=b"],
    ["nul\0 del\x7f c1\x85", "nul_ del_ c1_"],
    ["gpj.\u202eexe", "gpj.exe"],
    ["line\u2028break", "line_break"],
    ["\ud800alone", "_alone"],
    ["../../etc/passwd", ".._.._etc_passwd"],
    ["👩‍👩‍👧.png", "👩‍👩‍👧.png"],
    ["", "download"],
    [" \u200f ", "download"],
  ])("%j becomes %j", (filename, offered) => {
    expect(nameIn(attachmentHeader(filename))).toBe(offered);
  });

  it("includes the folders of a file", () => {
    const photo = { filename: "a.jpg", path: "Trip/day 1/a.jpg" };
    expect(nameIn(attachmentHeader(downloadName(photo)))).toBe("Trip - day 1 - a.jpg");
    expect(downloadName({ ...photo, path: null })).toBe("a.jpg");
    expect(downloadName({ ...photo, path: `${"deep/".repeat(700)}a.jpg` })).toBe("a.jpg");
  });

  it("keeps a thousand ASCII characters, and the extension of a thousand others", () => {
    const plain = `${"a".repeat(996)}.mp4`;
    expect(nameIn(attachmentHeader(plain))).toBe(plain);
    const wide = nameIn(attachmentHeader(`${"🎬".repeat(996)}.mp4`)) ?? "";
    expect(wide).toMatch(/^(?:🎬){200,}\.mp4$/u);
  });

  it("is a valid header for any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1_000 }), (filename) => {
        nameIn(attachmentHeader(filename));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 }), (units) => {
        nameIn(attachmentHeader(String.fromCharCode(...units)));
      }),
    );
  });
});

describe("the type of a download", () => {
  it.each(["text/html", "image/svg+xml", "application/vnd.ms-excel", "x-a/y_b"])(
    "is the declared %s",
    (type) => {
      expect(safeContentType(type)).toBe(type);
    },
  );

  it.each([
    null,
    "",
    "text",
    "text/",
    "/html",
    "text/html/x",
    "text/html; charset=utf-8",
    "text/html\r\nX: y",
    "text /html",
    "te(xt/html",
    "тext/html",
    `a/${"b".repeat(300)}`,
  ])("is application/octet-stream if %j is declared", (type) => {
    expect(safeContentType(type)).toBe("application/octet-stream");
  });
});
