import { describe, expect, it } from "vitest";
import { splitFolder, splitName } from "../../../src/ui/kit/split-name.ts";
import { rowsInView } from "../../../src/ui/uploader/window-range.ts";

const view = (top: number, count: number, kept = -1) =>
  rowsInView({ top, height: 512 }, { count, rowHeight: 64, kept });

describe("the rendered rows of a long list", () => {
  it("are those in view and some beyond, independent of the number of files", () => {
    expect(view(0, 10_000)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    const middle = view(64 * 500 + 10, 10_000);
    expect([middle[0], middle.at(-1)]).toEqual([496, 512]);
  });

  it("do not exceed the list, even if it is scrolled beyond its end", () => {
    expect(view(0, 3)).toEqual([0, 1, 2]);
    expect(view(64 * 900, 100).at(-1)).toBe(99);
    expect(view(64 * 900, 100)[0]).toBe(88);
    expect(view(0, 0)).toEqual([]);
  });

  it("include the row with the focus, in order and without duplicates", () => {
    expect(view(64 * 500, 10_000, 3)[0]).toBe(3);
    expect(view(0, 10_000, 9_999).at(-1)).toBe(9_999);
    expect(new Set(view(0, 10_000, 5)).size).toBe(view(0, 10_000, 5).length);
    expect(view(0, 10, 99)).toHaveLength(10);
  });
});

describe("a long name", () => {
  it("is split so that its end stays visible", () => {
    const name = "A photograph taken on the longest day of the summer, part 2.jpg";
    const [head, tail] = splitName(name);
    expect(tail).toBe(", part 2.jpg");
    expect(head + tail).toBe(name);
  });

  it("keeps the innermost folder visible", () => {
    expect(splitFolder("Trip to Norway/day 1/")).toEqual(["Trip to Norway", "/day 1/"]);
    expect(splitFolder("Trip/")).toEqual(["Trip/", ""]);
    const long = `Trip/${"a".repeat(40)}/`;
    expect(splitFolder(long)).toEqual([long, ""]);
  });

  it("is not split if it is short", () => {
    expect(splitName("film.mp4")).toEqual(["film.mp4", ""]);
  });

  it("is not split between a letter and its accent or inside an emoji", () => {
    const accents = `${"a".repeat(30)}e\u0301${"b".repeat(11)}`;
    expect(splitName(accents)[1]).toBe(`e\u0301${"b".repeat(11)}`);
    const [head, tail] = splitName("🎬".repeat(40));
    expect([head, tail].every((part) => part.isWellFormed())).toBe(true);
  });
});
