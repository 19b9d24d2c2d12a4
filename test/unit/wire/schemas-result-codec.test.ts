import { describe, expect, it } from "vitest";
import { resultCodec } from "../../../src/wire/result-codec.ts";

class Album {
  name = "summer";
}

describe("the result codec", () => {
  it.each<[string, unknown]>([
    ["JSON", { a: [1, "two", null, { b: true }] }],
    ["dates and bigints", { at: new Date(0), big: 2n ** 70n }],
    ["sets and maps", { tags: new Set(["a"]), sizes: new Map([["b", { c: 1 }]]) }],
    [
      "URLs, expressions and bytes",
      { url: new URL("https://a.example/"), re: /x/g, bytes: new Uint8Array([1]) },
    ],
    ["numbers that JSON does not have", [Number.NaN, Number.POSITIVE_INFINITY, -0]],
    ["undefined properties", { left: undefined }],
    ["null", null],
  ])("restores %s", (_what, value) => {
    expect(resultCodec.decode(resultCodec.encode(value))).toEqual(value);
  });

  it("stores undefined as null", () => {
    expect(resultCodec.decode(resultCodec.encode(undefined))).toBeNull();
  });

  it("restores a circular reference", () => {
    const value: { self?: unknown } = {};
    value.self = value;
    const back = resultCodec.decode(resultCodec.encode(value)) as { self: unknown };
    expect(back.self).toBe(back);
  });

  it.each<[string, unknown, RegExp]>([
    ["a function", { on: { click: () => 1 } }, /a function at "on.click"/],
    ["a symbol", Symbol("x"), /a symbol, which/],
    ["an instance of a class", { albums: [new Album()] }, /an instance of Album at "albums.0"/],
    ["a buffer", Buffer.from("x"), /an instance of Buffer, which/],
    ["a promise", { later: Promise.resolve(1) }, /an instance of Promise at "later"/],
    ["a forbidden key", { constructor: 1 }, /a property named "constructor"/],
    ["a class inside a map", new Map([["k", new Album()]]), /an instance of Album/],
  ])("rejects %s and reports its path", (_what, value, message) => {
    expect(() => resultCodec.encode(value)).toThrow(message);
  });
});
