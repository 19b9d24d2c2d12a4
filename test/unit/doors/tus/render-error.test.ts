import { describe, expect, it } from "vitest";
import { UploadError, uploadErrorCodes } from "../../../../src/core/errors.ts";
import { renderTusError } from "../../../../src/doors/tus/render-error.ts";
import { errorTable } from "../../../../src/wire/error-table.ts";

describe("an error at the tus door", () => {
  it.each(uploadErrorCodes)(
    "%s: has the status of the table, and Retry-After if clients retry",
    (code) => {
      const answer = renderTusError(new UploadError(code));
      const { tus } = errorTable[code];
      expect(answer.status).toBe(tus);
      expect(JSON.parse(String(answer.body))).toMatchObject({ status: tus, code });
      // tus clients retry after these statuses and need to know how long to wait.
      const isRetried = tus >= 500 || tus === 423;
      expect(answer.headers.has("retry-after")).toBe(isRetried);
      expect(answer.headers.get("tus-version")).toBe(tus === 412 ? "1.0.0" : null);
    },
  );

  it("is 403 for bytes to a final upload", () => {
    const error = new UploadError("ALREADY_COMPLETE", { details: { concat: "final" } });
    expect(renderTusError(error).status).toBe(403);
  });

  it("has the protocol's reason phrase for 460", () => {
    const { body } = renderTusError(new UploadError("CHUNK_CHECKSUM_MISMATCH"));
    expect(JSON.parse(String(body))).toMatchObject({ status: 460, title: "Checksum Mismatch" });
  });
});
