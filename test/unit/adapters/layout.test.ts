import { describe, expect, it } from "vitest";
import { createLayout } from "../../../src/adapters/filesystem/layout.ts";

const usual = {
  root: "/srv/media",
  pathTemplate: "u/%Y/%m/%d",
  incompleteExt: ".part",
  completeExt: ".done",
};
const id = "0b6f7c0e-3a52-4d6f-9b0f-7f3f1c2d4e5f";

describe("the layout of the filesystem store", () => {
  it("places uploads by their date in UTC, whatever the machine's zone is", () => {
    const late = new Date("2026-12-31T23:59:59Z");
    expect(createLayout(usual).place({ id, createdAt: late })).toEqual({
      storageKey: `u/2026/12/31/${id}`,
      storeState: { part: ".part", done: ".done" },
    });
  });

  it.each(["", "a//b/", "%Y"])("takes the template %j", (pathTemplate) => {
    const { storageKey } = createLayout({ ...usual, pathTemplate }).place({
      id,
      createdAt: new Date("2026-01-02T00:00:00Z"),
    });
    expect(storageKey).toMatch(new RegExp(`^(a/b/|2026/)?${id}$`));
  });

  it.each(["../out", "a/../../b", "/abs", "a/./b", "a\\b", "a\0b", ".."])(
    "refuses the template %j",
    (pathTemplate) => {
      expect(() => createLayout({ ...usual, pathTemplate })).toThrow();
    },
  );

  it.each(["/x", "a/../b", "\0"])("refuses the extension %j", (completeExt) => {
    expect(() => createLayout({ ...usual, completeExt })).toThrow();
  });

  it("finds uploads by the extensions that they began with", () => {
    const layout = createLayout({ ...usual, incompleteExt: ".tmp", completeExt: "" });
    const files = (storeState: { part: string; done: string } | null) =>
      layout.files({ storageKey: "u/x", storeState });
    expect(files({ part: ".part", done: ".done" })).toEqual({
      part: "/srv/media/u/x.part",
      done: "/srv/media/u/x.done",
    });
    expect(files(null)).toEqual({ part: "/srv/media/u/x.tmp", done: "/srv/media/u/x" });
  });

  it.each(["../x", "u/../../media2/x", "/etc/passwd", "a\0b", "../media-other/x"])(
    "keeps %j from leaving the root",
    (key) => {
      const layout = createLayout(usual);
      expect(() => layout.resolve(key)).toThrow();
      expect(() => layout.files({ storageKey: key, storeState: null })).toThrow();
    },
  );

  it("refuses extensions in a record that lead elsewhere", () => {
    const layout = createLayout(usual);
    const storeState = { part: "/../../../../etc/x", done: ".done" };
    expect(() => layout.files({ storageKey: "u/x", storeState })).toThrow();
  });

  it("recognises its own files, old extensions included, and no foreign ones", () => {
    const layout = createLayout({ ...usual, incompleteExt: ".tmp", completeExt: ".fin" });
    expect(layout.recognise(`${id}.tmp`)).toEqual({ kind: "unfinished", uploadId: id });
    expect(layout.recognise(`${id}.part`)).toEqual({ kind: "unfinished", uploadId: id });
    expect(layout.recognise(`${id}.fin`)).toEqual({ kind: "finished", uploadId: id });
    expect(layout.recognise(`${id}.done`)).toEqual({ kind: "finished", uploadId: id });
    for (const name of [id, "notes.done", `${id}.part.bak`, ".probe-1", `x${id}.part`]) {
      expect(layout.recognise(name)).toBeNull();
    }
  });

  it("takes no file for an orphan where both extensions are equal", () => {
    const layout = createLayout({ ...usual, incompleteExt: ".bin", completeExt: ".bin" });
    expect(layout.recognise(`${id}.bin`)?.kind).toBe("finished");
  });
});
