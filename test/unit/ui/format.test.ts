import { describe, expect, it } from "vitest";
import {
  formatsOf,
  formatTimeLeft,
  percentOf,
  requestedLocale,
  supportedLocale,
} from "../../../src/ui/format.ts";

const english = formatsOf("en-GB");
const german = formatsOf("de-DE");

describe("number formats", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_500, "1.5 kB"],
    [300_000_000, "300 MB"],
    [12_345_678, "12.3 MB"],
    [5e12, "5 TB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(english.bytes(bytes)).toBe(text);
  });

  it.each([
    [0.2, "about 1 s left"],
    [22, "about 25 s left"],
    [58, "about 1 min left"],
    [3_599, "about 60 min left"],
    [5_400, "about 1 h 30 min left"],
    [100_000, "about a day left"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatTimeLeft(seconds)).toBe(text);
  });

  it("format speeds, and limit percentages to 100", () => {
    expect(english.speed(1_250_000.4)).toBe("1.3 MB/s");
    expect([english.rate(0.44), english.rate(31.7)]).toEqual(["0.4", "32"]);
    expect([percentOf(0, 0), percentOf(1, 4), percentOf(9, 3)]).toEqual([100, 25, 100]);
  });

  it("round percentages down, so that 100 % means complete", () => {
    expect([english.percent(29), english.percent(99.9)]).toEqual(["29%", "99%"]);
  });
});

describe("the browser's locale", () => {
  it("determines the format of numbers and dates", () => {
    const moment = new Date(2026, 10, 24, 14, 5);
    expect([german.bytes(1_500), german.count(12_345)]).toEqual(["1,5 kB", "12.345"]);
    expect(german.percent(45)).toBe("45\u00a0%");
    expect(german.date(moment)).toBe("24.11.2026, 14:05");
    expect(formatsOf("en-US").date(moment)).toMatch(/^Nov 24, 2026, 2:05\sPM$/u);
  });

  it("has cached formatters", () => {
    expect(formatsOf("de-DE")).toBe(german);
  });

  it.each([
    ["de-CH,de;q=0.9,en;q=0.8", "de-CH"],
    ["fr;q=0.9", "fr"],
    [" nb , en", "nb"],
    ["*", "en"],
    ["", "en"],
    [null, "en"],
    ["xx-klingon,de", "en"],
    ["de_DE\u0000", "en"],
  ])("is parsed from Accept-Language: %j is %s", (header, locale) => {
    expect(requestedLocale(header)).toBe(locale);
  });

  it("is the default if the browser reports an invalid language tag", () => {
    expect(supportedLocale("en-US@posix")).toBe("en");
  });
});
