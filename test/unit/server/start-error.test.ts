import { describe, expect, it } from "vitest";
import { UploadError } from "../../../src/core/errors.ts";
import { startErrorOf } from "../../../src/server/start-error.ts";

const messageOf = (error: unknown) => startErrorOf("It does not start", error).message;

describe("why the server cannot start", () => {
  it("is what every address of a host says", () => {
    const errors = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));
    expect(messageOf(new AggregateError(errors))).toBe(
      "It does not start: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  it("is reported once, with its cause", () => {
    const cause = new Error("no such table: ChunkedUpload");
    const failed = new Error("The migration 1 failed; nothing of it was kept.", { cause });
    expect(messageOf(failed)).toBe(
      "It does not start: The migration 1 failed; nothing of it was kept. no such table: ChunkedUpload",
    );
    const repeated = new Error("SQLITE_NOTADB: file is not a database", {
      cause: new Error("file is not a database"),
    });
    expect(messageOf(repeated)).toBe("It does not start: SQLITE_NOTADB: file is not a database");
  });

  it("is never empty, and of a refusal what lies below it", () => {
    expect(messageOf(new TypeError())).toBe("It does not start: TypeError");
    expect(messageOf("no")).toBe("It does not start: no");
    const cause = new Error("EROFS: read-only file system");
    expect(messageOf(new UploadError("UNAVAILABLE", { cause }))).toBe(
      "It does not start: EROFS: read-only file system",
    );
  });
});
