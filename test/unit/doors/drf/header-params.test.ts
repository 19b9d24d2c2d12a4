import { describe, expect, it } from "vitest";
import { parseHeader } from "../../../../src/doors/drf/header-params.ts";

const paramsOf = (header: string) => Object.fromEntries(parseHeader(header).params);

describe("a header with parameters", () => {
  it.each([
    ['multipart/form-data; boundary="a b"', { boundary: "a b" }],
    ["Multipart/Form-Data;BOUNDARY = abc ; charset=utf-8", { boundary: "abc", charset: "utf-8" }],
    [String.raw`form-data; name="f"; filename="a.txt\"`, { name: "f", filename: "a.txt\\" }],
    [String.raw`form-data; filename="a.txt\"; name="f"`, { name: "f", filename: "a.txt\\" }],
    [String.raw`form-data; filename="a\\"; name="f"`, { name: "f", filename: "a\\" }],
    [String.raw`form-data; filename="a\"b.txt"; name="f"`, { name: "f", filename: 'a"b.txt' }],
    [String.raw`form-data; filename="a\"; b\""; name="f"`, { name: "f", filename: 'a"; b"' }],
    [String.raw`form-data; filename="C:\dir\a.txt"`, { filename: "C:\\dir\\a.txt" }],
    ['form-data; name="a;b=c"; filename=""', { name: "a;b=c", filename: "" }],
    ["form-data; name", {}],
    ["form-data; ;; name=a", { name: "a" }],
    ["form-data; filename*=UTF-8'de'gr%C3%BCn; filename=green", { filename: "grün" }],
    ["form-data; filename=green; filename*=utf-8''%e2%82%ac", { filename: "€" }],
    ["form-data; filename*=ISO-8859-1''%fc", { filename: "ü" }],
    ["form-data; filename=plain; filename*=nonsense", { filename: "plain" }],
    ["form-data; filename=plain; filename*=utf-7''x", { filename: "plain" }],
  ])("%s", (header, params) => {
    expect(paramsOf(header)).toEqual(params);
  });

  it("has its value in lower case", () => {
    expect(parseHeader(" Multipart/FORM-data ; a=b").value).toBe("multipart/form-data");
    expect(parseHeader("").value).toBe("");
  });

  it("is decoded as UTF-8 if it is valid, otherwise as Latin-1", () => {
    const bytes = (text: string, encoding: BufferEncoding) =>
      Buffer.from(text, encoding).toString("latin1");
    expect(paramsOf(bytes('form-data; filename="größe"', "utf8"))).toEqual({ filename: "größe" });
    expect(paramsOf(bytes('form-data; filename="größe"', "latin1"))).toEqual({ filename: "größe" });
  });

  it("is parsed in linear time, also a header made for backtracking", () => {
    const slow = `form-data; a="${"\\".repeat(30_000)}; ${"b=".repeat(20_000)}${";".repeat(20_000)}`;
    expect(() => parseHeader(slow)).not.toThrow();
    const quotes = `form-data; a="${`\\"${" ".repeat(20)}`.repeat(5_000)}`;
    expect(() => parseHeader(quotes)).not.toThrow();
  });
});
