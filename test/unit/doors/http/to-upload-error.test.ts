import { describe, expect, it } from "vitest";
import { BodyInterrupted } from "../../../../src/core/append/read-body.ts";
import { UploadError } from "../../../../src/core/errors.ts";
import { toUploadError } from "../../../../src/doors/http/to-upload-error.ts";
import { recordingLog } from "../../../support/recording-log.ts";

const url = new URL("http://localhost/api/uploads/x?secret=1");

/** The log level of a failure, and the code that the client gets. */
function told(thrown: unknown, aborted = false) {
  const log = recordingLog();
  const signal = aborted ? AbortSignal.abort() : new AbortController().signal;
  const { code } = toUploadError(thrown, { method: "PUT", url, signal }, log);
  expect(JSON.stringify(log.entries)).not.toContain("secret");
  return [code, log.entries.map(({ level }) => level).join()];
}

describe("the log level of a failed request", () => {
  it("is error or warn for faults of the server", () => {
    expect(told(new TypeError("a bug"))).toEqual(["UNAVAILABLE", "error"]);
    expect(told(new UploadError("UNAVAILABLE"))).toEqual(["UNAVAILABLE", "warn"]);
    expect(told(new UploadError("STORAGE_FULL"))).toEqual(["STORAGE_FULL", "warn"]);
  });

  it("is none for refusals, and debug if the client disconnected or stalled", () => {
    expect(told(new UploadError("NOT_FOUND"))).toEqual(["NOT_FOUND", ""]);
    expect(told(new Error("ECONNRESET"), true)).toEqual(["UNAVAILABLE", "debug"]);
    expect(told(new BodyInterrupted("No byte arrived for 60 s."))).toEqual([
      "UNAVAILABLE",
      "debug",
    ]);
  });
});
