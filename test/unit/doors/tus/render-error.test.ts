import { describe, expect, it } from "vitest";
import { UploadError, uploadErrorCodes } from "../../../../src/core/errors.ts";
import { renderTusError } from "../../../../src/doors/tus/render-error.ts";
import { errorTable } from "../../../../src/wire/error-table.ts";

describe("an error at the tus door", () => {
  it.each(uploadErrorCodes)("%s: says what its status says, and when to come back", (code) => {
    const answer = renderTusError(new UploadError(code));
    const { tus } = errorTable[code];
    expect(answer.status).toBe(tus);
    expect(JSON.parse(String(answer.body))).toMatchObject({ status: tus, code });
    // tus clients come back after these; a client that is to wait must be told how long.
    const comesBack = tus >= 500 || tus === 423;
    expect(answer.headers.has("retry-after")).toBe(comesBack);
    expect(answer.headers.get("tus-version")).toBe(tus === 412 ? "1.0.0" : null);
  });

  it("is 403 where a final upload is sent bytes", () => {
    const error = new UploadError("ALREADY_COMPLETE", { details: { concat: "final" } });
    expect(renderTusError(error).status).toBe(403);
  });

  it("calls 460 by the protocol's name", () => {
    const { body } = renderTusError(new UploadError("CHUNK_CHECKSUM_MISMATCH"));
    expect(JSON.parse(String(body))).toMatchObject({ status: 460, title: "Checksum Mismatch" });
  });
});
