import { describe, expect, it } from "vitest";
import {
  drfUploadPath,
  filePath,
  rawUploadPath,
  readDrfPath,
  readRawPath,
  segmentsBelow,
} from "../../../src/wire/paths.ts";

const id = "11111111-2222-4333-8444-555555555555";

describe("the raw door's paths", () => {
  it("are parsed as they are built, with and without a trailing slash", () => {
    for (const slash of ["", "/"]) {
      expect(readRawPath(rawUploadPath(id) + slash)).toEqual({ id, part: "upload" });
      expect(readRawPath(filePath(id) + slash)).toEqual({ id, part: "file" });
    }
  });

  it("encode an id that is not a UUID as one segment", () => {
    expect(rawUploadPath("../a b")).toBe("/api/uploads/..%2Fa%20b");
    expect(readRawPath(rawUploadPath("../a b"))).toEqual({ id: "../a b", part: "upload" });
  });

  it.each([
    "/api/uploads",
    "/api/uploads/",
    "/api/uploads//",
    "/api/uploadsx/1",
    "/api/uploads/1/other",
    "/api/uploads/1/file/more",
    "/api/uploads/1//",
  ])("do not include %s", (path) => {
    expect(readRawPath(path)).toBeNull();
  });

  it.each(["/api/uploads/%", "/api/uploads/%zz", "/api/uploads/%ff"])(
    "throw INVALID_INPUT for %s",
    (path) => {
      expect(() => readRawPath(path)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
    },
  );

  it("distinguish the base path from paths outside it", () => {
    expect(segmentsBelow("/api/tus", "/api/tus/")).toEqual([]);
    expect(segmentsBelow("/api/tus", "/api/tu")).toBeNull();
  });
});

describe("the drf door's paths", () => {
  it("end in a slash, and are also parsed without it", () => {
    expect(drfUploadPath(id)).toBe(`/api/chunked_upload/${id}/`);
    for (const path of [drfUploadPath(id), drfUploadPath(id).slice(0, -1)]) {
      expect(readDrfPath(path)).toEqual({ id });
    }
    for (const path of ["/api/chunked_upload", "/api/chunked_upload/"]) {
      expect(readDrfPath(path)).toEqual({ id: null });
    }
  });

  it.each(["/api/chunked_upload//", "/api/chunked_uploads/1", "/api/chunked_upload/1/2"])(
    "do not include %s",
    (path) => {
      expect(readDrfPath(path)).toBeNull();
    },
  );
});
